// The app of incident I3: people are kept by Prisma's client, which asks for every column that its schema has.

import { createServer } from "node:http";
import process from "node:process";

import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "./generated/client.ts";

const adapter = new PrismaPg({ connectionString: process.env.DATABASE_URL });
const prisma = new PrismaClient({ adapter });

const pages = {
  // The sign-up is older than the columns, and writes what it knows.
  "POST /register": async ({ email, password }) => {
    await prisma.$executeRaw`INSERT INTO users (email, password) VALUES (${email}, ${password})`;
    return [201, {}];
  },
  "POST /login": async ({ email, password }) => {
    const user = await prisma.users.findUnique({ where: { email } });
    return user?.password === password ? [200, { token: `token-of-${email}` }] : [401, {}];
  },
  "DELETE /me": async (_, token) => {
    const { count } = await prisma.users.deleteMany({ where: { email: token.replace("Bearer token-of-", "") } });
    return [count === 1 ? 204 : 401, {}];
  },
  "GET /": async () => [200, "welcome"],
};

const server = createServer(async (request, response) => {
  try {
    const body = (await request.toArray()).join("");
    const page = pages[`${request.method} ${request.url}`];
    const [status, said] = await page(body ? JSON.parse(body) : {}, request.headers.authorization ?? "");
    response.writeHead(status, { "content-type": "application/json" }).end(status === 204 ? undefined : JSON.stringify(said));
  } catch (error) {
    response.writeHead(500).end(`${error.code ?? ""} ${error.message}`);
  }
});

// It ends with whoever started it.
process.stdin.on("end", () => process.exit(0)).resume();
server.listen(0, "127.0.0.1", () => console.log(server.address().port));

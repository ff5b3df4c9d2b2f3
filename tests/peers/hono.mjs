// The same with a framework's own parts: hono, its `jwk` middleware and its `proxy`. The keys are a constant: from an address the
// middleware would fetch them anew for every request.

import { Hono } from "hono";
import { jwk } from "hono/jwk";
import { proxy } from "hono/proxy";

let guard;
const app = new Hono();

app.use((context, next) => {
  const { ISSUER, AUDIENCE, JWKS } = context.env;
  guard ??= jwk({ keys: JWKS.keys, alg: ["RS256"], verification: { iss: ISSUER, aud: AUDIENCE } });
  return guard(context, next);
});

app.all("*", async (context) => {
  const { sub, email } = context.get("jwtPayload");
  const standing = await context.env.USHER_KV.get(`standing:${sub}`, "json");
  if (standing?.status !== "ready") return context.json({ reason: "instance_not_ready" }, 403);
  const { pathname, search } = new URL(context.req.url);
  return proxy(standing.url + pathname + search, {
    ...context.req,
    headers: { ...context.req.header(), authorization: undefined, "x-user": sub, "x-email": email },
  });
});

export default app;

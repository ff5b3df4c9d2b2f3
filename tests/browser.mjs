// A real browser for the tests: Chromium as npm packages bring it, driven by playwright, with axe to find what shuts people out.
//
// Standard input and output speak JSON, one line each. The first line out is {"version": …}, or {"error": …}. Then each command
// in is answered by one line out, in order: what it gives, {"done": true}, or {"error": …}. A command that waits for something
// waits until it is so, and gives up after PATIENCE. When standard input closes, everything ends.

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const tabs = [];

// A parent that was killed reads no more.
process.stdout.on("error", () => {});

async function main() {
  const lines = readline.createInterface({ input: process.stdin });
  const input = lines[Symbol.asyncIterator]();
  const browser = await launch().catch((error) => say({ error: String(error?.stack ?? error) }));
  if (!browser) process.exit(1);
  // In the middle of a command as well.
  lines.once("close", () => browser.close().finally(() => process.exit(0)));
  say({ version: browser.version() });
  for await (const line of input) {
    const { tab, ...command } = JSON.parse(line);
    const obeyed = command.new ? open(browser, command.new) : obey(tabs[tab], command);
    say(await obeyed.then((gives) => gives ?? { done: true }).catch((error) => ({ error: String(error) })));
  }
}

/** Another Chromium than ours may be named, where there is none of ours. */
async function launch() {
  const own = process.env.USHER_CHROMIUM;
  const folder = own ? undefined : await unpacked();
  const env = { ...process.env };
  if (folder) {
    env.LD_LIBRARY_PATH = path.join(folder, "al2023/lib");
    if (!existsSync("/etc/fonts/fonts.conf")) env.FONTCONFIG_PATH = path.join(folder, "fonts");
  }
  return chromium.launch({
    executablePath: own ?? path.join(folder, "chromium"),
    // Containers have neither a sandbox for root nor a GPU nor much shared memory.
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    env,
  });
}

/** The folder with the programs of @sparticuz/chromium, unpacked once a version, and never half. */
async function unpacked() {
  const packed = path.join(root, "node_modules/@sparticuz/chromium");
  const { version } = JSON.parse(await readFile(path.join(packed, "package.json"), "utf8"));
  const tools = path.join(root, "target/tools");
  const folder = path.join(tools, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(tools, { recursive: true });
  const fresh = await mkdtemp(path.join(tools, "chromium-"));
  // The package unpacks into the temporary folder.
  process.env.TMPDIR = fresh;
  const { inflate } = await import("@sparticuz/chromium");
  const parts = ["chromium.br", "al2023.tar.br", "fonts.tar.br"];
  await Promise.all(parts.map((part) => inflate(path.join(packed, "bin", part))));
  // Somebody else may have been quicker.
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }));
  delete process.env.TMPDIR;
  return folder;
}

async function open(browser, { language, dark, scripts, width, height }) {
  const context = await browser.newContext({
    locale: language,
    colorScheme: dark ? "dark" : "light",
    javaScriptEnabled: scripts,
    viewport: { width, height },
  });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const tab = { context, page, asked: [], problems: [] };
  page.on("request", (request) => tab.asked.push(`${request.method()} ${request.url()}`));
  page.on("pageerror", (error) => tab.problems.push(String(error)));
  // What a policy forbids is told on the console; so is every status of 400 and more, which is no problem of a page.
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !text.startsWith("Failed to load resource")) tab.problems.push(text);
  });
  tabs.push(tab);
  return { tab: tabs.length - 1 };
}

const commands = {
  open: ({ page }, url) => page.goto(url).then(() => undefined),
  fill: ({ page }, { label, text }) => page.getByLabel(label).fill(text),
  press: ({ page }, name) => page.getByRole("button", { name, exact: true }).or(page.getByRole("link", { name, exact: true })).click(),
  see: ({ page }, text) => until(async () => (await words(page)).includes(text), async () => `no "${text}" in: ${await words(page)}`),
  arrive: ({ page }, url) => until(() => page.url() === url, () => `at ${page.url()}, not at ${url}`),
  count: ({ page, asked }, { part, least }) => until(() => asked.filter((one) => one.includes(part)).length >= least, () => `only ${asked}`),
  asked: async ({ asked }, part) => ({ asked: asked.filter((one) => one.includes(part)) }),
  words: async ({ page }) => ({ words: await words(page) }),
  find: async ({ page }, selector) => ({ found: await page.locator(selector).evaluateAll((all) => all.map((one) => one.outerHTML)) }),
  evaluate: async ({ page }, script) => ({ value: await page.evaluate(script) }),
  reload: ({ page }) => page.reload().then(() => undefined),
  problems: async ({ problems }) => ({ problems: problems.splice(0) }),
  cookies: async ({ context }) => ({ cookies: (await context.cookies()).map((cookie) => cookie.name) }),
  keep_cookies: (tab, keep) => keepCookies(tab, keep),
  forget: ({ context }, name) => until(async () => (await context.cookies()).every((cookie) => cookie.name !== name), () => `${name} is kept`),
  // Nothing outside this machine is asked: what the page asks for there is answered here.
  image: ({ page }, { url, svg }) => page.route(url, (route) => route.fulfill({ contentType: "image/svg+xml", body: svg })),
  emulate: ({ page }, media) => page.emulateMedia(media),
  size: ({ page }, size) => page.setViewportSize(size),
  screenshot: async ({ page }, file) => {
    await mkdir(path.dirname(file), { recursive: true });
    await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
  },
  axe: async ({ page }, rules) => ({ violations: await axe(page, rules) }),
  // From now on time passes only when it is told to.
  stop_clock: ({ page }) => page.clock.install().then(() => page.clock.pauseAt(Date.now() + 1000)),
  pass: async (tab, seconds) => {
    for (let second = 0; second < seconds; second += 1) await aSecond(tab);
  },
  pass_until_seen: (tab, text) => until(() => aSecond(tab).then(async () => (await words(tab.page)).includes(text)), async () => `no "${text}" in: ${await words(tab.page)}`),
  close: ({ context }) => context.close(),
};

async function obey(tab, command) {
  const [name, argument] = Object.entries(command)[0];
  if (!tab || !commands[name]) throw new Error(`unknown command ${JSON.stringify(command)}`);
  return commands[name](tab, argument);
}

/**
 * A browser that keeps no cookies: whatever it has is gone before a request is sent, those after a redirect as well (which playwright's
 * own routes do not see).
 */
async function keepCookies(tab, keep) {
  if (keep) return tab.devtools.send("Fetch.disable");
  tab.devtools ??= await tab.context.newCDPSession(tab.page);
  tab.devtools.removeAllListeners("Fetch.requestPaused");
  tab.devtools.on("Fetch.requestPaused", async ({ requestId }) => {
    await tab.context.clearCookies();
    await tab.devtools.send("Fetch.continueRequest", { requestId });
  });
  await tab.devtools.send("Fetch.enable");
}

/** Waits for a condition. A page may be on its way to the next one: then what was asked of it fails, and is asked again. */
async function until(condition, otherwise) {
  const deadline = Date.now() + PATIENCE;
  const holds = async () => condition();
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(await otherwise());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Lets a second pass in the page, and waits until a question it asked then is answered (`asking` of wait.js). */
async function aSecond({ page }) {
  await page.clock.runFor(1000);
  await until(() => page.evaluate("typeof asking === 'undefined' || !asking"), () => "a question of the page is not answered");
}

/** What can be read: not what is hidden. */
const words = (page) => page.locator("body").innerText();

/** Everything of the levels A and AA, and what is called best practice. */
async function axe(page, rules) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(await axeSource);
  return page.evaluate(async (rules) => {
    const options = { resultTypes: ["violations", "incomplete"], ...(rules ? { runOnly: rules } : {}) };
    const { violations, incomplete } = await window.axe.run(document, options);
    const told = (kind) => (one) => `${kind} ${one.id}: ${one.help}: ${one.nodes.map((node) => node.html + " " + node.failureSummary).join(" | ")}`;
    return [...violations.map(told("violation")), ...incomplete.map(told("undecided"))];
  }, rules ?? null);
}

const axeSource = readFile(path.join(root, "node_modules/axe-core/axe.min.js"), "utf8");

// A slow machine under load is no finding.
const PATIENCE = 60_000;

await main();

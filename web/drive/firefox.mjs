// Drives Firefox for a test by WebDriver BiDi. It is started with the browser's
// program and a folder for its profile, reads orders from its input, one in a line,
// and answers each by its number: {"id":1,"value":…} or {"id":1,"error":"…"}. It
// ends, and the browser with it, when its input does.
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const [program, profile] = process.argv.slice(2);
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: program,
  userDataDir: profile,
  headless: true,
  // A machine with much to do takes its time.
  timeout: 120_000,
  protocolTimeout: 300_000,
  extraPrefsFirefox: {
    // Tabs stand side by side in the test: none of them is a background to the others.
    "dom.min_background_timeout_value": 4,
    "dom.timeout.enable_budget_timer_throttling": false,
    // Nothing is fetched that the test did not ask for.
    "app.update.disabledForTesting": true,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "datareporting.policy.dataSubmissionEnabled": false,
  },
});

const tabs = new Map();
const wait = { waitUntil: "load", timeout: 120_000 };

function called(page) {
  const tab = String(tabs.size + 1);
  tabs.set(tab, page);
  return tab;
}

const orders = {
  /** Opens a tab, with cookies of its own where it stands apart. */
  async tab({ width, language, cookies, apart }) {
    const context = apart ? await browser.createBrowserContext() : browser.defaultBrowserContext();
    if (cookies.length) await context.setCookie(...cookies);
    const page = await context.newPage();
    await page.setViewport({ width, height: 800 });
    if (language) await page.setExtraHTTPHeaders({ "Accept-Language": language });
    return called(page);
  },
  /** Opens a further tab with the same cookies. */
  beside: async ({ page }) => called(await page.browserContext().newPage()),
  async open({ page, url }) {
    await page.goto(url, wait);
  },
  /** Evaluates an expression in the page, and waits for it if it is a promise. */
  ask: ({ page, js }) => page.evaluate(js),
  click: ({ page, selector }) => page.click(selector),
  /** Clicks, and waits for the page that comes. */
  async press({ page, selector }) {
    await Promise.all([page.waitForNavigation(wait), page.click(selector)]);
  },
  /** The cookies of a host. */
  async cookies({ page, host }) {
    return (await page.browserContext().cookies()).filter((c) => c.domain === host);
  },
  async shut({ page }) {
    const context = page.browserContext();
    await (context === browser.defaultBrowserContext() ? page : context).close();
  },
  /** Ends the browser as a battery does. */
  async kill() {
    const gone = new Promise((done) => browser.process().once("exit", done));
    browser.process().kill("SIGKILL");
    await gone;
  },
  version: () => browser.version(),
};

async function obey({ id, do: what, ...order }) {
  try {
    if (order.tab) order.page = tabs.get(order.tab);
    return { id, value: (await orders[what](order)) ?? null };
  } catch (e) {
    return { id, error: String(e) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  void obey(JSON.parse(line)).then((answer) => process.stdout.write(JSON.stringify(answer) + "\n"));
}
if (browser.connected) await browser.close();

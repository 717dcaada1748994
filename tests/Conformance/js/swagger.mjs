// Opens Swagger UI in headless Chromium, registers a schema and produces a record with "Try it out", asserts both replies and saves
// a screenshot. Usage: node swagger.mjs ADMIN_URL SCREENSHOT
import assert from 'node:assert';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [admin, screenshot] = process.argv.slice(2);
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'swagger-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  viewport: { width: 1200, height: 1600 },
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
    '--disable-sync'],
});
const foreign = [];
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(20000);
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') foreign.push(request.url());
  });
  await page.goto(admin);
  await page.waitForURL('**/swagger/**');

  const registered = await tryOut(page, 'Schema registry', 'post', '/subjects/{subject}/versions', { subject: 'swagger-value' },
    { schema: JSON.stringify({ type: 'record', name: 'Page', fields: [{ name: 'url', type: 'string' }] }) });
  assert.strictEqual(registered.status, 200, `registering answered ${registered.status}: ${registered.body}`);
  assert.ok(Number.isInteger(JSON.parse(registered.body).id), `no schema id in ${registered.body}`);

  const produced = await tryOut(page, 'HTTP proxy', 'post', '/topics/{topic}', { topic: 'swagger' }, { records: [{ value: { clicked: true } }] });
  assert.strictEqual(produced.status, 200, `producing answered ${produced.status}: ${produced.body}`);
  const [offset] = JSON.parse(produced.body).offsets;
  assert.strictEqual(offset.partition, 0);
  assert.ok(Number.isInteger(offset.offset), `no offset in ${produced.body}`);

  fs.mkdirSync(path.dirname(screenshot), { recursive: true });
  await page.screenshot({ path: screenshot });
  assert.deepStrictEqual(foreign, [], 'the page asks nobody but this node');
} finally {
  await browser.close();
  fs.rmSync(profile, { recursive: true, force: true });
}

// Fills an operation's form, executes it and returns the server's answer as the page shows it.
async function tryOut(page, document, method, route, parameters, body) {
  await page.locator('.topbar select, #select').first().selectOption({ label: document });
  const block = page.locator(`.opblock-${method}`, { has: page.locator(`.opblock-summary-path[data-path="${route}"]`) }).first();
  await block.locator('.opblock-summary-control').first().click();
  await block.locator('.try-out__btn').click();
  for (const [name, value] of Object.entries(parameters)) {
    await block.locator(`tr[data-param-name="${name}"] input`).fill(value);
  }
  await block.locator('textarea.body-param__text').fill(JSON.stringify(body, null, 2));
  await block.locator('.execute').click();
  const answer = block.locator('.live-responses-table tbody tr.response').first();
  await answer.waitFor();
  const status = Number((await answer.locator('.response-col_status').innerText()).trim().split(/\s/)[0]);
  const text = await answer.locator('.response-col_description .highlight-code code, .response-col_description pre').first().innerText();
  await answer.scrollIntoViewIfNeeded();
  return { status, body: text };
}

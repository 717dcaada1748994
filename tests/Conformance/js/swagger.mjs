// Opens Swagger UI in headless Chromium, registers a schema, produces a record and consumes it with "Try it out", by offset and as a consumer
// instance, asserts the replies and saves a screenshot after producing and one after consuming.
// Usage: node swagger.mjs ADMIN_URL SCREENSHOT SCREENSHOT
import assert from 'node:assert';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [admin, producedPicture, consumedPicture] = process.argv.slice(2);
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

  fs.mkdirSync(path.dirname(producedPicture), { recursive: true });
  await page.screenshot({ path: producedPicture });

  const asJson = 'application/vnd.kafka.json.v2+json';
  const read = await tryOut(page, 'HTTP proxy', 'get', '/topics/{topic}/partitions/{partition}/records',
    { topic: 'swagger', partition: '0', offset: String(offset.offset) }, undefined, asJson);
  assert.strictEqual(read.status, 200, `reading answered ${read.status}: ${read.body}`);
  assert.deepStrictEqual(JSON.parse(read.body).map(({ offset, value }) => ({ offset, value })), [{ offset: offset.offset, value: { clicked: true } }]);

  const instance = { group: 'swagger-readers', instance: 'page' };
  const created = await tryOut(page, 'HTTP proxy', 'post', '/consumers/{group}', { group: instance.group },
    { name: instance.instance, format: 'json', 'auto.offset.reset': 'earliest' });
  assert.strictEqual(created.status, 200, `creating an instance answered ${created.status}: ${created.body}`);
  const assigned = await tryOut(page, 'HTTP proxy', 'post', '/consumers/{group}/instances/{instance}/assignments', instance,
    { partitions: [{ topic: 'swagger', partition: 0 }] });
  assert.strictEqual(assigned.status, 204, `assigning answered ${assigned.status}: ${assigned.body}`);
  const consumed = await tryOut(page, 'HTTP proxy', 'get', '/consumers/{group}/instances/{instance}/records', { ...instance, timeout: '10000' },
    undefined, asJson);
  assert.strictEqual(consumed.status, 200, `consuming answered ${consumed.status}: ${consumed.body}`);
  assert.ok(JSON.parse(consumed.body).some((record) => record.offset === offset.offset && record.value.clicked === true), consumed.body);
  await page.screenshot({ path: consumedPicture });
  assert.deepStrictEqual(foreign, [], 'the page asks nobody but this node');
} finally {
  await browser.close();
  fs.rmSync(profile, { recursive: true, force: true });
}

// Fills an operation's form, executes it and returns the server's answer as the page shows it.
async function tryOut(page, document, method, route, parameters, body, accept) {
  await page.locator('.topbar select, #select').first().selectOption({ label: document });
  const block = page.locator(`.opblock-${method}`, { has: page.locator(`.opblock-summary-path[data-path="${route}"]`) }).first();
  await block.locator('.opblock-summary-control').first().click();
  await block.locator('.try-out__btn').click();
  for (const [name, value] of Object.entries(parameters)) {
    await block.locator(`tr[data-param-name="${name}"] input`).fill(value);
  }
  if (body !== undefined) await block.locator('textarea.body-param__text').fill(JSON.stringify(body, null, 2));
  if (accept !== undefined) await block.locator('.response-control-media-type select').first().selectOption(accept);
  await block.locator('.execute').click();
  const answer = block.locator('.live-responses-table tbody tr.response').first();
  await answer.waitFor();
  const status = Number((await answer.locator('.response-col_status').innerText()).trim().split(/\s/)[0]);
  // An answer without a body has no such place.
  const text = status === 204 ? '' : await answer.locator('.response-col_description .highlight-code code, .response-col_description pre').first().innerText();
  await answer.scrollIntoViewIfNeeded();
  return { status, body: text };
}

// Follows a topic from a page of the proxy's own origin, over an EventSource and a WebSocket, until both have COUNT records; says "half" when both have
// half of them, and in the end the offsets each got. Usage: node stream.mjs PROXY TOPIC COUNT
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [proxy, topic, count] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'stream-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(60000);
  await page.goto(`${proxy}/topics`);
  await page.evaluate((name) => {
    const got = { events: [], frames: [], opened: 0 };
    window.got = got;
    const events = new EventSource(`/topics/${name}/records`);
    events.onopen = () => { got.opened += 1; };
    events.addEventListener('record', (event) => got.events.push(JSON.parse(event.data).offset));
    let cursor = '';
    const follow = () => {
      const socket = new WebSocket(`ws://${location.host}/ws/topics/${name}?cursors=true${cursor}`);
      socket.onopen = () => socket.send('{"credit": 3}');
      socket.onmessage = (message) => {
        const record = JSON.parse(message.data);
        got.frames.push(record.offset);
        cursor = `&cursor=${record.cursor}`;
        socket.send('{"credit": 1}');
      };
      socket.onclose = () => setTimeout(follow, 200);
    };
    follow();
  }, topic);
  const both = (wanted) => page.waitForFunction((n) => window.got.events.length >= n && window.got.frames.length >= n, wanted);
  await both(count / 2);
  console.log('half');
  await both(count);
  console.log(JSON.stringify(await page.evaluate(() => window.got)));
} finally {
  await browser.close();
  fs.rmSync(profile, { recursive: true, force: true });
}

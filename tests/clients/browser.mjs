// A person with GraphiQL in Chromium, who follows a table; and a page that does so with the browser's own EventSource.
import { browser, page } from './chromium.mjs';
import { EVENTS, given, headers, print } from './common.mjs';

await page.setViewport({ width: 1280, height: 800 });
page.on('pageerror', (error) => print({ pageError: String(error) }));
page.on('console', (message) => message.type() === 'error' && print({ consoleError: message.text() }));

const sockets = [];
const devtools = await page.createCDPSession();
await devtools.send('Network.enable');
devtools.on('Network.webSocketCreated', ({ url }) => sockets.push(url));

const query = EVENTS.replace('after: $after', `after: "${given.after}"`)
  .replace('$table: ID!, $after: String', '')
  .replace('()', '')
  .replace('$table', `"${given.table}"`);
await page.goto(given.url);
await page.waitForFunction(() => document.querySelector('.graphiql-query-editor .view-line')); // a long document
const scrolls = await page.evaluate(() => document.documentElement.scrollHeight > window.innerHeight);
await page.evaluate(
  (values) => Object.entries(values).forEach(([key, value]) => localStorage.setItem(key, value)),
  {
    'graphiql:query': query,
    'graphiql:headers': JSON.stringify(headers),
    'graphiql:shouldPersistHeaders': 'true',
    'graphiql:tabState': JSON.stringify({
      activeTabIndex: 0,
      tabs: [{ id: '1', hash: null, title: 'Events', query, headers: JSON.stringify(headers), operationName: 'Events' }],
    }),
  },
);
await page.reload();
await page.waitForSelector('.graphiql-execute-button');
await page.waitForFunction(() => document.querySelector('.graphiql-query-editor .view-line'));
await page.click('.graphiql-execute-button');
const shown = () => page.$eval('.result-window', (element) => element.innerText.replaceAll('\u00a0', ' '));
for (const name of given.names) {
  await page.waitForFunction(
    (name) => document.querySelector('.result-window')?.innerText.includes(`"${name}"`),
    { timeout: 20_000 },
    name,
  );
  print({ shown: name });
}
print({ result: await shown(), sockets, scrolls });
await page.screenshot({ path: given.screenshot });

const source = await browser.newPage();
await source.goto(given.url); // all other pages may not connect to anything
const names = await source.evaluate(
  (url, count) =>
    new Promise((resolve) => {
      const events = new EventSource(url);
      const seen = [];
      events.addEventListener('next', ({ data }) => {
        seen.push(JSON.parse(data).data.recordEvents.record.fields.Name);
        if (seen.length === count) {
          events.close();
          resolve(seen);
        }
      });
      events.addEventListener('error', () => resolve([...seen, 'error']));
    }),
  `${given.url}?${new URLSearchParams({ query, access_token: given.token })}`,
  given.names.length,
);
print({ eventSource: names });
await browser.close();

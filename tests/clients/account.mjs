// A person who opens the link of a mail in Chromium, types what is asked for, and presses the button.
import { browser, page } from './chromium.mjs';
import { given, print } from './common.mjs';

page.on('pageerror', (error) => print({ pageError: String(error) }));
const asked = [];
page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
for (const [link, typed] of given.visits) {
  asked.length = 0;
  await page.goto('about:blank'); // the same page with another token is no new page
  await page.goto(link);
  await page.waitForFunction(() => document.getElementById('button').textContent);
  const before = asked.filter((each) => each.startsWith('POST'));
  if (typed) await page.type('input[name=password]', typed);
  await page.click('#button');
  await page.waitForFunction(() => document.getElementById('answer').textContent);
  const text = (id) => page.$eval(id, (element) => element.innerText);
  print({
    title: await text('h1'),
    answer: await text('#answer'),
    asksForPassword: await page.$eval('#password', (element) => !element.hidden),
    sentByItself: before,
    hash: await page.evaluate(() => location.hash),
  });
}
await browser.close();

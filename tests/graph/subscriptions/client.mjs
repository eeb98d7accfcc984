// Follows a table with the npm package graphql-ws, as GraphiQL does, and prints what it gets as lines of JSON.
// Usage: node client.mjs CLIENT_MODULE SOCKET_URL TOKEN TABLE_ID CURSOR COUNT
import { pathToFileURL } from 'node:url';

const [module, url, token, table, cursor, count] = process.argv.slice(2);
const { createClient } = await import(pathToFileURL(module));

const client = createClient({ url, connectionParams: { Authorization: `Bearer ${token}` }, retryAttempts: 0 });
const print = (line) => console.log(JSON.stringify(line));

/** All results of one operation, or the first `most` of them. */
async function run(query, variables, most = Infinity) {
  const results = client.iterate({ query, variables });
  let seen = 0;
  try {
    for await (const result of results) {
      print(result);
      if (++seen === most) break;
    }
    print('complete');
  } catch (errors) {
    print({ refused: errors });
  }
}

const following = run(
  `subscription ($table: ID!, $after: String) {
    recordEvents(tableId: $table, after: $after) { type record { fields(only: ["Name"]) } }
  }`,
  { table, after: cursor },
  Number(count),
);
await run('{ me { email } }');
await run('{ nonsense }');
await following;
await client.dispose();

// @apollo/client with its link for persisted queries: sends hashes, and a document only where it is asked to.
import { createHash } from 'node:crypto';

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';

import { ME, given, headers, print, printErrors } from './common.mjs';

/** Prints what each HTTP request carries, and the status of its answer. */
const watched = async (url, options) => {
  const sent = options.method === 'GET' ? new URL(url).search : options.body;
  const response = await fetch(url, options);
  print({ method: options.method, hasDocument: /"query"|[?&]query=/.test(sent), status: response.status });
  return response;
};

const persisted = new PersistedQueryLink({
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
  useGETForHashedQueries: given.over === 'get',
});
const http = new HttpLink({ uri: given.url, headers: { ...headers, ...given.headers }, fetch: watched });
const client = new ApolloClient({ link: ApolloLink.from([persisted, http]), cache: new InMemoryCache() });

for (let round = 0; round < 2; round++) {
  try {
    const { data } = await client.query({ query: gql(ME), fetchPolicy: 'network-only' });
    print({ me: { email: data.me.email } });
  } catch (error) {
    printErrors(error.errors ?? [error]);
  }
}
client.stop();

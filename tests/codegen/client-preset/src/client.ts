// urql, which sends the hashes of documents and nothing else.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { Client, fetchExchange, type AnyVariables } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';

export type Given = { url: string; token: string };
export const given: Given = JSON.parse(process.argv[2] ?? '');

const hashOf = (document: unknown) => (document as { __meta__: { hash: string } }).__meta__.hash;

const client = new Client({
  url: given.url,
  preferGetMethod: false,
  fetchSubscriptions: true,
  fetchOptions: { headers: { Authorization: `Bearer ${given.token}` } },
  exchanges: [
    persistedExchange({
      enforcePersistedQueries: true,
      enableForMutation: true,
      enableForSubscriptions: true,
      preferGetForPersistedQueries: false,
      generateHash: async (_, document) => hashOf(document),
    }),
    fetchExchange,
  ],
});

/** The data of a query or mutation that must succeed. */
export async function run<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const kind = document.definitions.find((each) => each.kind === 'OperationDefinition')?.operation;
  const { data, error } = await (kind === 'mutation'
    ? client.mutation(document, variables)
    : client.query(document, variables)
  ).toPromise();
  if (data === undefined || error) throw error ?? new Error('neither data nor an error');
  return data;
}

/** The first `most` events of a subscription, which is then ended. */
export function follow<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  most: number,
): Promise<Data[]> {
  const events: Data[] = [];
  return new Promise((resolve, reject) => {
    const { unsubscribe } = client.subscription(document, variables).subscribe(({ data, error }) => {
      if (error) reject(error);
      if (data !== undefined) events.push(data);
      if (events.length === most) {
        // urql calls back in the midst of its work: an operation that begins there is never sent.
        setTimeout(() => {
          unsubscribe();
          resolve(events.slice(0, most));
        });
      }
    });
  });
}

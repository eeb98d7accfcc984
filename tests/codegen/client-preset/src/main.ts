// A frontend in small: makes a table, writes to it, reads it and follows it; prints lines of JSON.
import { follow, given, run } from './client.js';
import { LIVE_RECORDS, PRESENCE, RECORD_EVENTS, SCHEMA_EVENTS } from './events.js';
import { useFragment, type DocumentType, type FragmentType } from './gql/index.js';
import type { FieldInput, RecordFilter, RecordOrder } from './gql/graphql.js';
import { CREATE, CREATE_ALL, DELETE, PART, PARTS, PLACE, UPDATE, UPDATE_ALL, UPSERT } from './records.js';
import { ANYTHING, COLUMN, CREATE_BASE, CREATE_TABLE, CREATE_WORKSPACE, ME, PERSON, TABLE, TREE } from './tables.js';

const print = (line: object) => console.log(JSON.stringify(line));

/** A record in a line: `Bolt@1 {"Price":0.35,"Status":null} by me@example.com`. */
function line(part: FragmentType<typeof PART>): string {
  const { title, revision, cells, createdBy } = useFragment(PART, part);
  const author: string | null | undefined = useFragment(PERSON, createdBy)?.email;
  return `${title}@${revision} ${JSON.stringify(cells)} by ${author}`;
}

const FIELDS: FieldInput[] = [
  { name: 'Name', type: 'TEXT', isRequired: true },
  { name: 'Price', type: 'NUMBER' },
  { name: 'Status', type: 'SINGLE_SELECT', options: { choices: [{ name: 'In stock' }, { name: 'Ordered' }] } },
];
const BY_PRICE: RecordOrder[] = [{ field: 'Price', direction: 'DESC' }];

print({ me: useFragment(PERSON, (await run(ME, {})).me)?.email });

const { createWorkspace } = await run(CREATE_WORKSPACE, { input: { name: 'Workshop' } });
const { createBase } = await run(CREATE_BASE, { input: { workspaceId: createWorkspace.workspace.id, name: 'Stock' } });
const base = createBase.base.id;
const { createTable } = await run(CREATE_TABLE, { input: { baseId: base, name: 'Parts', fields: FIELDS } });
const table = useFragment(TABLE, createTable.table);
print({ columns: useFragment(COLUMN, table.fields).map(({ name, type }) => `${name}: ${type}`) });

const { records: nothing } = await run(PARTS, { table: table.id });
const { createRecord } = await run(CREATE, { input: { tableId: table.id, fields: { Name: 'Bolt', Price: 0.35 } } });
const bolt = useFragment(PART, createRecord.record);
print({ created: line(createRecord.record) });
const { createRecords } = await run(CREATE_ALL, {
  input: { tableId: table.id, records: [{ Name: 'Nut', Price: '0.1' }, { Name: 'Washer' }], typecast: true },
});
print({ created: createRecords.records.map(line) });
const { updateRecord } = await run(UPDATE, { input: { id: bolt.id, fields: { Status: 'Ordered' }, ifRevision: 1 } });
print({ updated: line(updateRecord.record) });
const { updateRecords } = await run(UPDATE_ALL, {
  input: { tableId: table.id, records: [{ id: bolt.id, fields: { Price: 0.4 } }] },
});
print({ updated: updateRecords.records.map(line) });
const { upsertRecords } = await run(UPSERT, {
  input: { tableId: table.id, mergeOn: ['Name'], records: [{ Name: 'Nut', Price: 0.2 }, { Name: 'Pin', Price: 9 }] },
});
print({ upserted: upsertRecords.records.map(line), created: upsertRecords.createdIds.length });
const washer = useFragment(PART, createRecords.records).find(({ title }) => title === 'Washer');
const { deleteRecords } = await run(DELETE, { input: { tableId: table.id, ids: washer ? [washer.id] : [] } });
print({ deleted: deleteRecords.deletedIds.length });

const filter: RecordFilter = { or: [{ field: 'Price', operator: 'GTE', value: 0.2 }, { field: 'Status', operator: 'IS_NOT_EMPTY' }] };
for (let after: string | null = null, more = true; more; ) {
  const { records }: DocumentType<typeof PARTS> = await run(PARTS, { table: table.id, filter, orderBy: BY_PRICE, after });
  print({ page: records.edges.map(({ node }) => line(node)), totalCount: records.totalCount });
  ({ endCursor: after, hasNextPage: more } = useFragment(PLACE, records.pageInfo));
}
const { workspace } = await run(TREE, { workspace: createWorkspace.workspace.id, orderBy: BY_PRICE });
if (workspace) {
  const tables = workspace.bases.flatMap((each) => each.tables);
  const roles = workspace.members.map(({ role, user }) => `${useFragment(PERSON, user).email}: ${role}`);
  print({ roles, tables: tables.map((each) => each.records.nodes.map(line)) });
}
const { node } = await run(ANYTHING, { id: bolt.id });
if (node?.__typename === 'Record') print({ node: line(node) });

const events = await follow(RECORD_EVENTS, { table: table.id, types: ['CREATED', 'UPDATED'], after: nothing.eventCursor }, 3);
for (const { recordEvents: event } of events)
  print({ event: event.type, record: event.record && line(event.record), fields: event.changedFields });
const [live] = await follow(LIVE_RECORDS, { table: table.id, orderBy: BY_PRICE, first: 1 }, 1);
print({ live: live?.liveRecords.type, page: live?.liveRecords.page?.nodes.map(line), of: live?.liveRecords.totalCount });
const [present] = await follow(PRESENCE, { channel: `table:${table.id}` }, 1);
print({ presence: present?.presence.type, who: present?.presence.members.map(({ user }) => useFragment(PERSON, user).email) });
const changed = follow(SCHEMA_EVENTS, { base, after: nothing.eventCursor }, 1);
await run(CREATE_TABLE, { input: { baseId: base, name: 'Orders' } });
for (const { schemaEvents: event } of await changed)
  print({ schema: `${event.type} ${event.object}`, table: useFragment(TABLE, event.table)?.name });

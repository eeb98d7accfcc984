// What the scripts share: their arguments, the operations that each client runs, and the lines of JSON that they print.

/** `{ url, socket, token, table, after, count, … }`: the one argument, as JSON. */
export const given = JSON.parse(process.argv[2]);
export const headers = { Authorization: `Bearer ${given.token}` };

export const EVENTS = `
  subscription Events($table: ID!, $after: String) {
    recordEvents(tableId: $table, after: $after) { cursor type record { fields(only: ["Name"]) } }
  }
`;
export const ME = 'query Me { me { email } }';
/** `recordEvents` refuses this table. */
export const NOWHERE = { table: 'nowhere' };

export const print = (line) => console.log(JSON.stringify(line));
export const printEvent = (event) => print({ name: event.record.fields.Name });
/** Prints the codes of what a client calls an error. */
export function printErrors(errors) {
  print({ codes: errors.map((error) => error.extensions?.code ?? String(error)) });
}

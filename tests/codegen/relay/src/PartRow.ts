// A row of a list: what it shows of a record.
import { graphql } from 'relay-runtime';

export const PartRow = graphql`
  fragment PartRow_record on Record @argumentDefinitions(columns: { type: "[String!]", defaultValue: ["Name"] }) {
    id
    revision
    fields(only: $columns)
    createdBy {
      ...PersonChip_user
    }
  }
`;

import { graphql } from 'relay-runtime';

export const PartList = graphql`
  fragment PartList_table on Table
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 20 }
    cursor: { type: "String" }
    filter: { type: "RecordFilter" }
    orderBy: { type: "[RecordOrder!]" }
  )
  @refetchable(queryName: "PartListPaginationQuery") {
    name
    records(first: $count, after: $cursor, filter: $filter, orderBy: $orderBy)
      @connection(key: "PartList_records", filters: ["filter", "orderBy"]) {
      totalCount
      edges {
        node {
          ...PartRow_record @arguments(columns: ["Name", "Price"])
        }
      }
    }
  }
`;

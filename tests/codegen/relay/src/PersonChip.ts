import { graphql } from 'relay-runtime';

export const PersonChip = graphql`
  fragment PersonChip_user on User @refetchable(queryName: "PersonChipRefetchQuery") {
    id
    name
    email
  }
`;

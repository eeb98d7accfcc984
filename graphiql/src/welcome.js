// What the editor shows on a first visit: how to become somebody, as operations that run.

export const WELCOME = `# Tablegraph: tables over GraphQL
#
# 1. Run Register, or LogIn if you have an
#    account: the play button lets you choose.
#
# 2. Copy the accessToken into the tab Headers
#    below. It is good for a quarter of an hour:
#
#      { "Authorization": "Bearer <accessToken>" }
#
# 3. Run Key, and send its secret instead. It is
#    good until you delete it:
#
#      { "X-API-Key": "<secret>" }
#
#    Subscriptions send the same headers.
#
# 4. Run Me. The icons on the left lead to the
#    docs and the query builder; Ctrl-Space
#    completes.

mutation Register {
  register(
    input: {
      email: "me@example.com"
      password: "a long password of mine"
      name: "Me"
    }
  ) {
    accessToken
    refreshToken
    expiresIn
  }
}

mutation LogIn {
  login(
    input: {
      email: "me@example.com"
      password: "a long password of mine"
    }
  ) {
    accessToken
    refreshToken
    expiresIn
  }
}

mutation Key {
  createApiKey(input: { name: "GraphiQL" }) {
    secret
  }
}

query Me {
  me {
    id
    email
    name
  }
  workspaces {
    id
    name
    myRole
    bases {
      id
      name
    }
  }
}
`;

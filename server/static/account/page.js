// The page behind a link of a mail: it sends the link's token in a mutation once its button is pressed, never by itself.
// By path: the mutation, the title, what is said in the end, and what the mutation calls the password that it takes.
const PAGES = {
  '/verify-email': ['verifyEmail', 'Confirm your e-mail address', 'Your e-mail address is confirmed.'],
  '/reset-password': ['resetPassword', 'Choose a new password', 'Your password was changed. Sign in with the new one.', 'newPassword'],
  '/confirm-email': ['confirmEmailChange', 'Confirm your new e-mail address', 'This is the address of your account now.'],
  '/reactivate': ['reactivateMe', 'Reactivate your account', 'Your account is active again. Sign in as ever.'],
  '/accept-invitation': [
    'registerWithInvitation', 'Make an account and join', 'You have an account now, and are a member.', 'password'],
};
const part = (id) => document.getElementById(id);
const [mutation, title, done, passwordName] = PAGES[location.pathname];

document.title = part('title').textContent = part('button').textContent = title;
part('password').hidden = !passwordName;

function say(text, failed) {
  part('answer').textContent = text;
  part('answer').className = failed ? 'failed' : '';
}

async function send(input) {
  const type = `${mutation[0].toUpperCase()}${mutation.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { user { id } } }`;
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const [error] = (await response.json()).errors ?? [];
  return error && (error.extensions.errors?.[0].msg ?? error.message);
}

part('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  const typed = event.target.elements.password.value;
  part('button').disabled = true;
  const problem = await send(passwordName ? { token, [passwordName]: typed } : { token }).catch(() => 'The server did not answer.');
  part('button').disabled = false;
  if (problem) {
    say(problem, true);
  } else {
    part('form').hidden = true;
    history.replaceState(null, '', location.pathname); // the token is used up
    say(done, false);
  }
});

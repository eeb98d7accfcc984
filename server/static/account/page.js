// The page behind a link of a mail: it sends the link's token in a mutation once its button is pressed, never by itself.
// By path: the mutation, the title, the button, what is said in the end, and what the mutation calls the password that it takes.
const PAGES = {
  '/verify-email': ['verifyEmail', 'Confirm your e-mail address', 'Confirm', 'Your e-mail address is confirmed.'],
  '/reset-password': [
    'resetPassword', 'Choose a new password', 'Change the password',
    'Your password was changed. Sign in with the new one.', 'newPassword'],
  '/confirm-email': [
    'confirmEmailChange', 'Confirm your new e-mail address', 'Confirm', 'This is the address of your account now.'],
  '/reactivate': [
    'reactivateMe', 'Reactivate your account', 'Reactivate', 'Your account is active again. Sign in as ever.'],
  '/accept-invitation': [
    'registerWithInvitation', 'Make an account and join', 'Join', 'You have an account now, and are a member.', 'password'],
};
const LABELS = { newPassword: 'New password', password: 'Password of your new account' };
const INCOMPLETE = 'This link is incomplete. Copy all of it from the mail, up to its end.';
const part = (id) => document.getElementById(id);
const token = () => new URLSearchParams(location.hash.slice(1)).get('token');
const [mutation, title, button, done, passwordName] = PAGES[location.pathname];

document.title = part('title').textContent = title;
part('button').textContent = button;
part('password').hidden = !passwordName;
part('label').textContent = LABELS[passwordName] ?? '';

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
  const given = { token: token(), ...(passwordName && { [passwordName]: event.target.elements.password.value }) };
  part('button').disabled = true;
  const problem = given.token ? await send(given).catch(() => 'The server did not answer.') : INCOMPLETE;
  part('button').disabled = false;
  if (problem) {
    say(problem, true);
  } else {
    part('form').hidden = true;
    history.replaceState(null, '', location.pathname); // the token is used up
    say(done, false);
  }
});

// The application: what the test calls, each as a person's click would.
const here = location.origin;

const manager = new oidc.UserManager({
  authority: new URLSearchParams(location.search).get('authority') ?? sessionStorage.getItem('authority'),
  client_id: 'spa',
  redirect_uri: `${here}/callback`,
  silent_redirect_uri: `${here}/silent`,
  post_logout_redirect_uri: `${here}/`,
  scope: 'openid profile email',
  loadUserInfo: true,
  automaticSilentRenew: false,
  silentRequestTimeoutInSeconds: 30,
});
sessionStorage.setItem('authority', manager.settings.authority);

const told = (user) => ({ email: user.profile.email, token: user.access_token, refreshable: Boolean(user.refresh_token) });

async function finishSignIn() {
  return told(await manager.signinCallback());
}

async function renew() {
  try {
    return told(await manager.signinSilent());
  } catch (problem) {
    return { problem: problem.error ?? problem.message };
  }
}

async function forgetRefreshToken() {
  const user = await manager.getUser();
  user.refresh_token = undefined;
  await manager.storeUser(user);
}

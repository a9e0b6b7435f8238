import { type FastifyInstance } from 'fastify';
import { type Provider } from 'oidc-provider';
import { type Form } from '../admin/form.js';
import { html } from '../admin/html.js';
import { field, plainPage } from '../admin/layout.js';
import { type OktaOrg } from '../org/okta-org.js';
import { Refused } from '../org/refused.js';

/** Registers the login form, to which the issuer redirects browsers: `/login/{uid}`. */
export function loginRoutes(server: FastifyInstance, issuer: Provider, org: OktaOrg): void {
  server.get('/login/:uid', async ({ raw }, reply) => {
    const { prompt, params } = await details(raw, reply.raw);
    if (prompt.name !== 'login') return reply.redirect(await finish(raw, reply.raw, { consent: {} }), 303);
    const hint = params['login_hint'];
    return reply.type('text/html; charset=utf-8').send(loginPage(typeof hint === 'string' ? hint : ''));
  });

  server.post<{ Body: Form }>('/login/:uid', async ({ raw, body }, reply) => {
    await details(raw, reply.raw);
    const userName = body.text('username');
    const person = org.people.authenticate(userName, body.text('password'));
    if (!person) {
      return reply.code(401).type('text/html; charset=utf-8').send(loginPage(userName, 'Unable to sign in.'));
    }
    return reply.redirect(await finish(raw, reply.raw, { login: { accountId: person.id, amr: ['pwd'] } }), 303);
  });

  const details = (...[request, response]: Parameters<Provider['interactionDetails']>) =>
    issuer.interactionDetails(request, response).catch(() => {
      throw new Refused('This login has expired or was started in another browser. Start again from the app.');
    });
  const finish = (...[request, response, result]: Parameters<Provider['interactionResult']>) =>
    issuer.interactionResult(request, response, result, { mergeWithLastSubmission: true });
}

function loginPage(userName: string, error?: string): string {
  return plainPage(
    'Sign in',
    html`${error !== undefined && html`<p class="notice failed" role="alert">${error}</p>`}
      <section>
        <form method="post">
          ${field('username', 'Username', userName)} ${field('password', 'Password', '', { type: 'password' })}
          <button class="main">Sign in</button>
        </form>
      </section>`,
  );
}

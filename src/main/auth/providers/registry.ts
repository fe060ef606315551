/** Every known sender, in the order the forms offer them. A new one is one file and one line here; names are unique. */
import { asana } from './asana.ts';
import { awssns } from './awssns.ts';
import { bitbucket } from './bitbucket.ts';
import { calendly } from './calendly.ts';
import { docusign } from './docusign.ts';
import { dropbox } from './dropbox.ts';
import { github } from './github.ts';
import { hubspot } from './hubspot.ts';
import { intercom } from './intercom.ts';
import { jira } from './jira.ts';
import { mailgun } from './mailgun.ts';
import { notion } from './notion.ts';
import { paddle } from './paddle.ts';
import { pagerduty } from './pagerduty.ts';
import { paypal } from './paypal.ts';
import type { Provider } from './provider.ts';
import { sendgrid } from './sendgrid.ts';
import { sentry } from './sentry.ts';
import { square } from './square.ts';
import { twitch } from './twitch.ts';
import { typeform } from './typeform.ts';
import { vercel } from './vercel.ts';
import { x } from './x.ts';

export const providerRegistry: readonly Provider[] = [
  github,
  sendgrid,
  twitch,
  x,
  paddle,
  hubspot,
  square,
  pagerduty,
  typeform,
  intercom,
  calendly,
  asana,
  dropbox,
  notion,
  sentry,
  vercel,
  jira,
  bitbucket,
  docusign,
  mailgun,
  paypal,
  awssns,
];

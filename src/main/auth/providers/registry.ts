/** Every known sender, in the order the forms offer them. A new one is one file and one line here; names are unique. */
import { asana } from './asana.ts';
import { awssns } from './awssns.ts';
import { bitbucket } from './bitbucket.ts';
import { calendly } from './calendly.ts';
import { discord } from './discord.ts';
import { docusign } from './docusign.ts';
import { dropbox } from './dropbox.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { hubspot } from './hubspot.ts';
import { intercom } from './intercom.ts';
import { jira } from './jira.ts';
import { linear } from './linear.ts';
import { mailgun } from './mailgun.ts';
import { meta } from './meta.ts';
import { microsoftgraph } from './microsoftgraph.ts';
import { notion } from './notion.ts';
import { paddle } from './paddle.ts';
import { pagerduty } from './pagerduty.ts';
import { paypal } from './paypal.ts';
import type { Provider } from './provider.ts';
import { sendgrid } from './sendgrid.ts';
import { sentry } from './sentry.ts';
import { shopify } from './shopify.ts';
import { slack } from './slack.ts';
import { square } from './square.ts';
import { standardwebhooks } from './standardwebhooks.ts';
import { stripe } from './stripe.ts';
import { twilio } from './twilio.ts';
import { twitch } from './twitch.ts';
import { typeform } from './typeform.ts';
import { vercel } from './vercel.ts';
import { x } from './x.ts';
import { zoom } from './zoom.ts';

export const providerRegistry: readonly Provider[] = [
  github,
  gitlab,
  stripe,
  slack,
  shopify,
  standardwebhooks,
  twilio,
  linear,
  zoom,
  meta,
  microsoftgraph,
  discord,
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

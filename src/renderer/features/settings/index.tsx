/** Settings: receiver, tokens, secrets, mail, runs, retention, appearance, about; one section at a time. */
import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { AboutSection } from './AboutSection.tsx';
import { AppearanceSection } from './AppearanceSection.tsx';
import { EngineSection } from './EngineSection.tsx';
import { MailSection } from './MailSection.tsx';
import { ReceiverSection } from './ReceiverSection.tsx';
import { RetentionSection } from './RetentionSection.tsx';
import { SecretsSection } from './SecretsSection.tsx';
import classes from './settings.module.css';
import { TokensSection } from './TokensSection.tsx';

const sections = [
  { name: 'receiver', title: 'Receiver', Section: ReceiverSection },
  { name: 'tokens', title: 'API tokens', Section: TokensSection },
  { name: 'secrets', title: 'Secrets', Section: SecretsSection },
  { name: 'mail', title: 'Mail', Section: MailSection },
  { name: 'runs', title: 'Runs', Section: EngineSection },
  { name: 'retention', title: 'Retention', Section: RetentionSection },
  { name: 'appearance', title: 'Appearance', Section: AppearanceSection },
  { name: 'about', title: 'About', Section: AboutSection },
] as const;

/** The settings page. */
export function SettingsPage(): ReactNode {
  const [params] = useSearchParams();
  const chosen = sections.find(({ name }) => name === params.get('section')) ?? sections[0];
  return (
    <main className={classes['page']}>
      <PageHeader title="Settings" />
      <div className={classes['body']}>
        <nav className={classes['sections']} aria-label="Sections">
          {sections.map(({ name, title }) => (
            <Link
              key={name}
              to={`/settings?section=${name}`}
              replace
              className={`${classes['sectionLink']} ${name === chosen.name ? classes['isChosen'] : ''}`}
              {...(name === chosen.name ? { 'aria-current': 'page' as const } : {})}
            >
              {title}
            </Link>
          ))}
        </nav>
        <div className={classes['content']}>
          <chosen.Section />
        </div>
      </div>
    </main>
  );
}

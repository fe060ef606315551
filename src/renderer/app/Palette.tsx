/** The palette: one field that reaches every page, workflow, object and action. */
import { Spotlight } from '@mantine/spotlight';
import { IconArrowRight, IconBolt, IconHash, IconRoute2, IconSearch } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router';
import { useMirror } from '../data/mirror.ts';
import { workflowChoices } from '../data/workflows.ts';
import { listCommands, useCommandStore } from '../ui/commands.ts';
import { Kbd } from '../ui/Kbd.tsx';
import classes from './Palette.module.css';

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly group: string;
  readonly keys?: string | undefined;
  readonly words: string;
  readonly icon: ReactNode;
  readonly run: () => void;
}

const shownPerGroup = 12;

/** The palette; Ctrl or Cmd with K opens it, from fields too. */
export function Palette(): ReactNode {
  const [query, setQuery] = useState('');
  const [isOpen, setOpen] = useState(false);
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => setOpen(false)}
      shortcut="mod + K"
      tagsToIgnore={[]}
      triggerOnContentEditable
      scrollable
      maxHeight={420}
      // The dialog needs a name; only its field is to be seen.
      title="Find a page, workflow or action"
      classNames={{ header: classes['title'] ?? '' }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}
    >
      <Spotlight.Search
        size="md"
        placeholder="Find a page, workflow or action…"
        aria-label="Find a page, workflow or action"
        leftSection={<IconSearch size={17} stroke={1.6} aria-hidden />}
      />
      <Spotlight.ActionsList>{isOpen && <Found query={query} />}</Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function Found({ query }: { readonly query: string }): ReactNode {
  const entries = useEntries(query.trim());
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = entries.filter((entry) => {
    const text = `${entry.label} ${entry.group} ${entry.words}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const groups = [...new Set(matching.map(({ group }) => group))];
  if (matching.length === 0) return <Spotlight.Empty>Nothing by that name</Spotlight.Empty>;
  return groups.map((group) => (
    <Spotlight.ActionsGroup key={group} label={group}>
      {matching
        .filter((entry) => entry.group === group)
        .slice(0, shownPerGroup)
        .map(({ id, label, description, icon, keys, run }) => (
          <Spotlight.Action
            key={id}
            label={label}
            {...(description === undefined ? {} : { description })}
            leftSection={icon}
            {...(keys === undefined ? {} : { rightSection: <Kbd keys={keys} /> })}
            onClick={run}
          />
        ))}
    </Spotlight.ActionsGroup>
  ));
}

function useEntries(query: string): readonly Entry[] {
  const navigate = useNavigate();
  const { data: workflows } = useMirror(workflowChoices, null);
  const sets = useCommandStore((state) => state.sets);
  const icon = { size: 16, stroke: 1.6, 'aria-hidden': true } as const;
  const commands = listCommands(sets)
    .filter(({ isHidden }) => isHidden !== true)
    .map(
      (command): Entry => ({
        id: command.id,
        label: command.title,
        group: command.group,
        keys: command.keys,
        words: command.words ?? '',
        icon: command.group === 'Pages' ? <IconArrowRight {...icon} /> : <IconBolt {...icon} />,
        run: command.run,
      }),
    );
  const objects = (workflows ?? []).map(
    (workflow): Entry => ({
      id: workflow.id,
      label: workflow.name,
      description: workflow.enabled ? `live, version ${workflow.activeVersion ?? '–'}` : 'not live',
      group: 'Workflows',
      words: `${workflow.slug} ${workflow.endpoints.map(({ id, url }) => `${id} ${url}`).join(' ')}`,
      icon: <IconRoute2 {...icon} />,
      run: () => void navigate(`/workflows/${workflow.id}`),
    }),
  );
  return [...byId(query, (to) => void navigate(to)), ...commands, ...objects];

  function byId(id: string, go: (to: string) => void): readonly Entry[] {
    const found = /^(req|run)_\w{8,}$/.exec(id);
    if (found === null) return [];
    const [noun, page] = found[1] === 'req' ? ['request', 'requests'] : ['run', 'runs'];
    return [
      {
        id,
        label: `Open ${noun} ${id}`,
        group: 'By id',
        words: id,
        icon: <IconHash {...icon} />,
        run: () => go(`/${page}/${id}`),
      },
    ];
  }
}

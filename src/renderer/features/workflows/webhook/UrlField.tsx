/** The URL callers use, with *Which URL do callers use?* beside it. */
import { Anchor, SegmentedControl, Text } from '@mantine/core';
import { Link } from 'react-router';
import { CopyField } from '../../../ui/CopyField.tsx';
import { moveUrl, type UrlBase, useUrlBase } from './url-base.ts';
import classes from './webhook.module.css';

const titles = { local: 'This computer', lan: 'Local network', public: 'Public' } as const;

/** The switch between local, LAN and public; nothing while there is only one. */
export function UrlSwitch({ urls }: { readonly urls: UrlBase }) {
  return (
    <div className={classes.urlSwitch}>
      <Text size="xs" c="dimmed" id="which-url">
        Which URL do callers use?
      </Text>
      <SegmentedControl
        size="xs"
        aria-labelledby="which-url"
        value={urls.place}
        onChange={(value) => urls.choose(value === 'lan' || value === 'public' ? value : 'local')}
        data={(['local', 'lan', 'public'] as const).map((place) => ({
          value: place,
          label: titles[place],
          disabled: !urls.places.includes(place),
        }))}
      />
      {urls.places.length === 1 ? (
        <Anchor component={Link} to="/settings" size="xs">
          Set up others
        </Anchor>
      ) : null}
    </div>
  );
}

/** A URL of an endpoint at the chosen place. */
export function UrlField({ url, methods }: { readonly url: string; readonly methods: readonly string[] }) {
  const urls = useUrlBase();
  return (
    <div>
      <CopyField
        label="URL"
        value={moveUrl(url, urls.base)}
        {...(methods.length === 0 ? {} : { help: `Called by ${methods.join(', ')}.` })}
      />
      <UrlSwitch urls={urls} />
    </div>
  );
}

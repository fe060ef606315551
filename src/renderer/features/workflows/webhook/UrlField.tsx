/** The URL callers use, with *Which URL do callers use?* beside it. */
import { SegmentedControl, Text } from '@mantine/core';
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
    </div>
  );
}

/** A URL of an endpoint at the chosen place. */
export function UrlField({ url, method }: { readonly url: string; readonly method: string }) {
  const urls = useUrlBase();
  return (
    <div>
      <CopyField label={`URL (${method})`} value={moveUrl(url, urls.base)} />
      <UrlSwitch urls={urls} />
    </div>
  );
}

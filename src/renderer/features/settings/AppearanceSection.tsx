/** Light, dark, or as the system is. */
import { type MantineColorScheme, SegmentedControl, Text, useMantineColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './settings.module.css';

const choices: readonly { readonly value: MantineColorScheme; readonly label: string }[] = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'auto', label: 'System' },
];

/** The section. */
export function AppearanceSection(): ReactNode {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <section className={classes['section']} aria-labelledby="appearance-title">
      <h2 id="appearance-title" className={classes['title']}>
        Appearance
      </h2>
      <div className={classes['card']}>
        <div>
          <Text size="xs" fw={500} mb={4} id="scheme-label">
            Colours
          </Text>
          <SegmentedControl
            aria-labelledby="scheme-label"
            value={colorScheme}
            onChange={(value) =>
              setColorScheme(choices.find((choice) => choice.value === value)?.value ?? 'auto')
            }
            data={[...choices]}
          />
        </div>
      </div>
    </section>
  );
}

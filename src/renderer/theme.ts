/**
 * The one theme: calm greys with a trace of blue, one accent, compact density. Everything else (spacing, borders,
 * state colours) is derived from the variables in `global.css`, which have a light and a dark value each.
 */
import {
  ActionIcon,
  Autocomplete,
  Button,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  Menu,
  Modal,
  NumberInput,
  PasswordInput,
  Popover,
  SegmentedControl,
  Select,
  Switch,
  Table,
  TagsInput,
  Text,
  Textarea,
  TextInput,
  Tooltip,
} from '@mantine/core';

/** Light backgrounds to strong text. */
const gray: MantineColorsTuple = [
  '#fafafb',
  '#f4f5f7',
  '#eceef1',
  '#e0e3e8',
  '#cdd1d9',
  '#a5abb7',
  '#7c8391',
  '#5f6673',
  '#414854',
  '#20242c',
];

/** Dark scheme: text first, deepest background last. */
const dark: MantineColorsTuple = [
  '#e4e6eb',
  '#b9bdc7',
  '#9298a5',
  '#6d7381',
  '#3a3e48',
  '#2c3039',
  '#22252d',
  '#191b21',
  '#131519',
  '#0d0e11',
];

/** What is broken, and what can not be undone; white on shade 6 is easy to read. */
const red: MantineColorsTuple = [
  '#fdeeee',
  '#f9d7d7',
  '#f1aeae',
  '#e98585',
  '#e06060',
  '#d64545',
  '#c53434',
  '#a92a2a',
  '#8c2222',
  '#6f1a1a',
];

/** The accent: iris. */
const iris: MantineColorsTuple = [
  '#f0f0fe',
  '#dfe0fb',
  '#bfc1f5',
  '#9da0ee',
  '#8084e8',
  '#6c70e0',
  '#5558cf',
  '#4a4dba',
  '#3d409c',
  '#32357f',
];

const compact = { defaultProps: { size: 'xs' } };

/** The theme of the whole interface. */
export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 6, dark: 6 },
  colors: { gray, dark, iris, red },
  black: '#20242c',
  fontFamily:
    "Inter, 'Inter Variable', -apple-system, BlinkMacSystemFont, 'Segoe UI', 'Noto Sans', 'Liberation Sans', sans-serif",
  fontFamilyMonospace:
    "ui-monospace, 'SF Mono', SFMono-Regular, 'Cascadia Mono', Menlo, Consolas, 'Liberation Mono', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.25rem', xl: '2rem' },
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  defaultRadius: 'sm',
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1rem', lineHeight: '1.4' },
      h2: { fontSize: '0.9375rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
      h4: { fontSize: '0.8125rem', lineHeight: '1.4' },
    },
  },
  fontWeights: { regular: '400', medium: '500', bold: '600' },
  shadows: {
    xs: '0 1px 2px rgb(16 18 24 / 6%)',
    sm: '0 1px 3px rgb(16 18 24 / 9%)',
    md: '0 4px 14px rgb(16 18 24 / 12%)',
    lg: '0 10px 30px rgb(16 18 24 / 16%)',
    xl: '0 18px 48px rgb(16 18 24 / 22%)',
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } }),
    Button: Button.extend(compact),
    Checkbox: Checkbox.extend(compact),
    Menu: Menu.extend({
      defaultProps: { shadow: 'md', position: 'bottom-end', withInitialFocusPlaceholder: false },
    }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        transitionProps: { duration: 120, transition: 'fade' },
        closeButtonProps: { 'aria-label': 'Close' },
        overlayProps: { backgroundOpacity: 0.4 },
      },
      styles: { title: { fontSize: '0.9375rem', fontWeight: 600 } },
    }),
    Autocomplete: Autocomplete.extend(compact),
    NumberInput: NumberInput.extend(compact),
    PasswordInput: PasswordInput.extend(compact),
    Popover: Popover.extend({ defaultProps: { shadow: 'md' } }),
    SegmentedControl: SegmentedControl.extend({
      ...compact,
      styles: {
        root: { backgroundColor: 'var(--hy-bg-sunken)', boxShadow: 'inset 0 0 0 1px var(--hy-border)' },
        indicator: { backgroundColor: 'var(--hy-bg-raised)', boxShadow: 'var(--mantine-shadow-xs)' },
      },
    }),
    Select: Select.extend({
      defaultProps: { size: 'xs', allowDeselect: false, comboboxProps: { shadow: 'md' } },
    }),
    Switch: Switch.extend({ defaultProps: { size: 'sm' } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 6, horizontalSpacing: 'sm' } }),
    TagsInput: TagsInput.extend(compact),
    Textarea: Textarea.extend(compact),
    Text: Text.extend({ defaultProps: { size: 'sm' } }),
    TextInput: TextInput.extend(compact),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 350, withArrow: false, multiline: true, maw: 420 },
    }),
  },
});

/** Ties the kit's own variables to ours, so that one value serves both. */
export const cssVariablesResolver: CSSVariablesResolver = () => {
  const tied = {
    '--mantine-color-body': 'var(--hy-bg)',
    '--mantine-color-text': 'var(--hy-text)',
    '--mantine-color-dimmed': 'var(--hy-text-dim)',
    '--mantine-color-placeholder': 'var(--hy-text-dim)',
    '--mantine-color-default-border': 'var(--hy-border)',
    '--mantine-color-error': 'var(--hy-bad)',
    '--mantine-color-anchor': 'var(--hy-accent)',
  };
  return { variables: {}, light: tied, dark: tied };
};

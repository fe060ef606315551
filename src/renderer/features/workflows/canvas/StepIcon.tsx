/**
 * The icons a definition may name. Naming them here keeps the page small: the whole set would be megabytes. A kind
 * with another icon shows the plain one until its icon is added.
 */
import {
  IconAlertOctagon,
  IconApi,
  IconArrowsJoin,
  IconArrowsSplit2,
  IconBell,
  IconBox,
  IconCalendarTime,
  IconCode,
  IconHandClick,
  IconHourglass,
  IconListDetails,
  IconMail,
  IconMessageReply,
  IconNotes,
  IconRepeat,
  IconRoute,
  IconSubtask,
  IconTableImport,
  IconTableMinus,
  IconTableOptions,
  IconTablePlus,
  IconTableShare,
  IconTransform,
  IconUserCheck,
  IconWebhook,
  IconWorldUpload,
  type IconProps,
} from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';

const icons: Readonly<Record<string, ComponentType<IconProps>>> = {
  AlertOctagon: IconAlertOctagon,
  Api: IconApi,
  ArrowsJoin: IconArrowsJoin,
  ArrowsSplit2: IconArrowsSplit2,
  Bell: IconBell,
  CalendarTime: IconCalendarTime,
  Code: IconCode,
  HandClick: IconHandClick,
  Hourglass: IconHourglass,
  ListDetails: IconListDetails,
  Mail: IconMail,
  MessageReply: IconMessageReply,
  Notes: IconNotes,
  Repeat: IconRepeat,
  Route: IconRoute,
  Subtask: IconSubtask,
  TableImport: IconTableImport,
  TableMinus: IconTableMinus,
  TableOptions: IconTableOptions,
  TablePlus: IconTablePlus,
  TableShare: IconTableShare,
  Transform: IconTransform,
  UserCheck: IconUserCheck,
  Webhook: IconWebhook,
  WorldUpload: IconWorldUpload,
};

/** Names a definition may use. */
export const iconNames: ReadonlySet<string> = new Set(Object.keys(icons));

export interface StepIconProps {
  /** As definitions name it, e.g. `Webhook`; a box is drawn for names that are not known. */
  readonly name: string;
  readonly size: number;
}

/** The icon of a kind of step. Decoration: what it means stands beside it in words. */
export function StepIcon({ name, size }: StepIconProps): ReactNode {
  const Icon = (Object.hasOwn(icons, name) ? icons[name] : undefined) ?? IconBox;
  return <Icon size={size} stroke={1.7} aria-hidden />;
}

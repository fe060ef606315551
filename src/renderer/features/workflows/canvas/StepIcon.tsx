/**
 * The icons a definition may name. Naming them here keeps the page small: the whole set would be megabytes. A kind
 * with another icon shows the plain one until its icon is added.
 */
import {
  IconAlertOctagon,
  IconApi,
  IconArrowsSplit2,
  IconBan,
  IconBell,
  IconBox,
  IconBraces,
  IconClock,
  IconCode,
  IconDatabase,
  IconDatabaseEdit,
  IconDatabaseImport,
  IconDatabasePlus,
  IconDatabaseSearch,
  IconDatabaseX,
  IconExclamationCircle,
  IconFileText,
  IconGitMerge,
  IconHandClick,
  IconHourglass,
  type IconProps,
  IconListDetails,
  IconLogs,
  IconMail,
  IconMessageReply,
  IconNotes,
  IconPlayerPlay,
  IconRepeat,
  IconRoute,
  IconSitemap,
  IconTransform,
  IconUserCheck,
  IconWebhook,
  IconWorldUpload,
} from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';

const icons: Readonly<Record<string, ComponentType<IconProps>>> = {
  AlertOctagon: IconAlertOctagon,
  Api: IconApi,
  ArrowsSplit2: IconArrowsSplit2,
  Ban: IconBan,
  Bell: IconBell,
  Braces: IconBraces,
  Clock: IconClock,
  Code: IconCode,
  Database: IconDatabase,
  DatabaseEdit: IconDatabaseEdit,
  DatabaseImport: IconDatabaseImport,
  DatabasePlus: IconDatabasePlus,
  DatabaseSearch: IconDatabaseSearch,
  DatabaseX: IconDatabaseX,
  ExclamationCircle: IconExclamationCircle,
  FileText: IconFileText,
  GitMerge: IconGitMerge,
  HandClick: IconHandClick,
  Hourglass: IconHourglass,
  ListDetails: IconListDetails,
  Logs: IconLogs,
  Mail: IconMail,
  MessageReply: IconMessageReply,
  Notes: IconNotes,
  PlayerPlay: IconPlayerPlay,
  Repeat: IconRepeat,
  Route: IconRoute,
  Sitemap: IconSitemap,
  Transform: IconTransform,
  UserCheck: IconUserCheck,
  Webhook: IconWebhook,
  WorldUpload: IconWorldUpload,
};

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

/** Where the window was: kept in a small file of the app's own folder, and only used where it still fits a screen. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, type BrowserWindow, type Rectangle, screen } from 'electron';
import { z } from 'zod';

const stateSchema = z.object({
  /** Null: wherever the system puts it. */
  place: z.object({ x: z.number().int(), y: z.number().int() }).nullable(),
  width: z.number().int().min(400),
  height: z.number().int().min(300),
  isMaximized: z.boolean(),
});
export type WindowState = z.infer<typeof stateSchema>;

const firstState: WindowState = { place: null, width: 1_280, height: 800, isMaximized: false };

const stateFile = (): string => join(app.getPath('userData'), 'window.json');

/** The state to open with. A place no screen shows any more is forgotten. */
export function readWindowState(): WindowState {
  try {
    const state = stateSchema.parse(JSON.parse(readFileSync(stateFile(), 'utf8')));
    const { place, width, height } = state;
    return place !== null && isVisible({ ...place, width, height }) ? state : { ...state, place: null };
  } catch {
    return firstState;
  }
}

/** Keeps the state of a window; losing it costs nothing, so failing is no fault. */
export function saveWindowState(window: BrowserWindow): void {
  const { x, y, width, height } = window.getNormalBounds();
  const state: WindowState = { place: { x, y }, width, height, isMaximized: window.isMaximized() };
  try {
    mkdirSync(app.getPath('userData'), { recursive: true });
    writeFileSync(stateFile(), JSON.stringify(state));
  } catch {
    // The next start opens in the middle of the screen.
  }
}

function isVisible({ x, y, width, height }: Rectangle): boolean {
  const { workArea } = screen.getDisplayMatching({ x, y, width, height });
  const overlapX = Math.min(x + width, workArea.x + workArea.width) - Math.max(x, workArea.x);
  const overlapY = Math.min(y + height, workArea.y + workArea.height) - Math.max(y, workArea.y);
  return overlapX >= 100 && overlapY >= 50;
}

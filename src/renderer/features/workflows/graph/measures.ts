/**
 * The size of a step's card, known without measuring: layout, placement and the style sheet agree on these numbers.
 */
import type { Point } from './edit.ts';

/** Steps stand on this grid; in flow units, which are CSS pixels at zoom 1. */
export const grid = 20;
/** Width of every card. */
export const cardWidth = 240;
/** Card without a list of ports: head and one line of summary. */
const cardBaseHeight = 80;
/** One named port. */
const portRowHeight = 24;
/** Free space kept between cards. */
export const gapX = 80;
export const gapY = 40;

/** Height of a card that shows this many named ports; a card with one ordinary outlet shows none. */
export function cardHeight(namedPorts: number): number {
  return namedPorts === 0 ? cardBaseHeight : cardBaseHeight + 8 + namedPorts * portRowHeight;
}

/** The grid point next to a point. */
export function snap(point: Point): Point {
  const near = (value: number): number => Math.round(value / grid) * grid + 0;
  return { x: near(point.x), y: near(point.y) };
}

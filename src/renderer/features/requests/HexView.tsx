/** Bytes as a hex dump; only the lines in view exist. */
import { Box } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import { bytesPerLine, hexLine } from './body-bytes.ts';
import classes from './detail.module.css';

const lineHeight = 18;

/** A hex dump. */
export function HexView({ bytes }: { readonly bytes: Uint8Array }): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: Math.ceil(bytes.length / bytesPerLine),
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  });
  return (
    // It scrolls by itself: the keyboard must reach it.
    <Box
      component="section"
      ref={scroller}
      className={classes['hex']}
      aria-label="Body as bytes"
      tabIndex={0}
    >
      <div style={{ position: 'relative', height: virtualizer.getTotalSize(), minWidth: '36rem' }}>
        {virtualizer.getVirtualItems().map((row) => {
          const line = hexLine(bytes, row.index);
          return (
            <div
              key={row.index}
              className={classes['hexRow']}
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <span className={classes['hexOffset']}>{line.offset}</span>
              {'  '}
              {line.bytes}
              {'  '}
              <span className={classes['hexText']}>{line.text}</span>
            </div>
          );
        })}
      </div>
    </Box>
  );
}

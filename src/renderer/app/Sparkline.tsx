/** A tiny bar chart; the number beside it says the last value. */
import type { ReactNode } from 'react';

const width = 54;
const height = 14;

/** Bars, oldest first. */
export function Sparkline({ values }: { readonly values: readonly number[] }): ReactNode {
  const shown = values.slice(-18);
  const top = Math.max(1, ...shown);
  const step = width / 18;
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {Array.from({ length: 18 }, (_, index) => {
        const value = shown[index - (18 - shown.length)] ?? 0;
        const size = value === 0 ? 1 : Math.max(2, (value / top) * height);
        return (
          <rect
            key={index}
            x={index * step}
            y={height - size}
            width={step - 1}
            height={size}
            rx="0.5"
            fill={value === 0 ? 'var(--hy-border)' : 'var(--hy-accent)'}
          />
        );
      })}
    </svg>
  );
}

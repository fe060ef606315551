/** Filters as chips: what is set stands as a chip with its value, what is not can be added. */
import { ActionIcon, Combobox, ScrollArea, useCombobox } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import classes from './FilterChips.module.css';

export interface FilterOption {
  readonly value: string;
  readonly label: string;
}

export interface Filter {
  readonly name: string;
  readonly label: string;
  readonly options: readonly FilterOption[];
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
}

const searchFrom = 9;

/** A row of filters. */
export function FilterChips({ filters }: { readonly filters: readonly Filter[] }): ReactNode {
  const set = filters.filter(({ value }) => value !== null);
  return (
    <div className={classes['row']} role="group" aria-label="Filters">
      {filters.map((filter) => (
        <FilterChip key={filter.name} filter={filter} />
      ))}
      {set.length > 1 && (
        <button
          type="button"
          className={classes['clear']}
          onClick={() => {
            for (const filter of set) filter.onChange(null);
          }}
        >
          Clear all
        </button>
      )}
    </div>
  );
}

function FilterChip({ filter }: { readonly filter: Filter }): ReactNode {
  const [search, setSearch] = useState('');
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setSearch('');
    },
    onDropdownOpen: () => combobox.selectActiveOption(),
  });
  const isSet = filter.value !== null;
  const shown = filter.options.find(({ value }) => value === filter.value)?.label ?? filter.value ?? '';
  const isLong = filter.options.length >= searchFrom;
  const matching = filter.options.filter(({ label }) => label.toLowerCase().includes(search.toLowerCase()));
  return (
    <span className={`${classes['chip']} ${isSet ? classes['isSet'] : ''}`}>
      <Combobox
        store={combobox}
        width={220}
        keepMounted={false}
        position="bottom-start"
        shadow="md"
        onOptionSubmit={(value) => {
          filter.onChange(value);
          combobox.closeDropdown();
        }}
      >
        <Combobox.Target targetType="button" withAriaAttributes={false}>
          <button
            type="button"
            className={classes['button']}
            aria-haspopup="listbox"
            aria-expanded={combobox.dropdownOpened}
            onClick={() => combobox.toggleDropdown()}
          >
            {!isSet && <IconPlus size={12} aria-hidden />}
            {filter.label}
            {isSet && (
              <>
                : <strong className={classes['value']}>{shown}</strong>
              </>
            )}
          </button>
        </Combobox.Target>
        <Combobox.Dropdown>
          {isLong && (
            <Combobox.Search
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              placeholder={`Find ${filter.label.toLowerCase()}`}
              aria-label={`Find ${filter.label.toLowerCase()}`}
            />
          )}
          <Combobox.Options aria-label={filter.label}>
            <ScrollArea.Autosize mah={260} type="auto">
              {matching.map(({ value, label }) => (
                <Combobox.Option key={value} value={value} active={value === filter.value}>
                  <span className={classes['option']} title={label}>
                    {label}
                  </span>
                </Combobox.Option>
              ))}
              {matching.length === 0 && <Combobox.Empty>Nothing by that name</Combobox.Empty>}
            </ScrollArea.Autosize>
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      {isSet && (
        <ActionIcon
          size={18}
          aria-label={`Remove filter ${filter.label}`}
          onClick={() => filter.onChange(null)}
        >
          <IconX size={12} aria-hidden />
        </ActionIcon>
      )}
    </span>
  );
}

/** Chooses a record of an entity by any of its texts; records are searched where they live, not all loaded. */
import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { RecordView } from '../../../../shared/contract/views.ts';
import { useList } from '../../../data/list.ts';
import { recordList } from '../../../data/records.ts';

export interface RecordPickerProps {
  readonly label: string;
  readonly help?: string;
  /** The `cuid` of the record; null while none is chosen. */
  readonly value: string | null;
  readonly onChange: (cuid: string | null) => void;
  /** `InventoryModel` when left out. */
  readonly entity?: string;
}

/** A searchable choice of records. */
export function RecordPicker({ label, help, value, onChange, entity = 'InventoryModel' }: RecordPickerProps) {
  const [search, setSearch] = useState('');
  const [chosenName, setChosenName] = useState<string | null>(null);
  const [query] = useDebouncedValue(search === chosenName ? '' : search.trim(), 200);
  const { items, status } = useList(recordList, { entity, ...(query === '' ? {} : { q: query }) });
  const options = items.map((record) => ({ value: record.cuid, label: nameRecord(record) }));
  if (value !== null && !options.some((option) => option.value === value))
    options.unshift({ value, label: chosenName ?? value });
  return (
    <Select
      label={label}
      description={help}
      placeholder={`Choose a record of ${entity}`}
      searchable
      clearable
      allowDeselect
      data={options}
      value={value}
      onChange={(cuid, option) => {
        setChosenName(option === null ? null : option.label);
        onChange(cuid);
      }}
      searchValue={search}
      onSearchChange={setSearch}
      filter={({ options: found }) => found}
      nothingFoundMessage={
        status === 'loading'
          ? 'Searching…'
          : `No such record of ${entity}. Records are made on the page Records.`
      }
      maxDropdownHeight={240}
      clearButtonProps={{ 'aria-label': 'No record' }}
    />
  );
}

/** A record as people know it: its name or title if it has one, and its id. */
function nameRecord({ cuid, data }: RecordView): string {
  const name = ['name', 'title', 'label'].map((key) => data[key]).find((value) => typeof value === 'string');
  return typeof name === 'string' && name.trim() !== '' ? `${name.slice(0, 80)} · ${cuid}` : cuid;
}

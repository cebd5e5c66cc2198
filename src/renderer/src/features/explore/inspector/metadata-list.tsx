import { ChevronLeft, ChevronRight, Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { MetadataPage, MetadataValue } from '../../../../../shared/domain';
import { useQuery } from '../../../client';
import { formatCount } from '../../../lib/format';
import { clipMiddle, titleText, visibleText } from '../../../lib/hostile-text';
import { IconButton } from '../../../widgets/button';
import { ErrorNote, Skeleton } from '../../../widgets/empty-state';
import { itemText, pageOf } from './metadata';
import { useMetadataModel } from './metadata-context';
import './metadata-list.css';

const PAGE = 200;

interface ListProps {
  readonly label: string;
  /** Without it the list stands inside a text, and `items` are all there are. */
  readonly path: readonly string[] | undefined;
  readonly items: readonly MetadataValue[] | undefined;
}

/** A long list, page by page: from the file, or from what is at hand. */
export function MetadataList(props: ListProps) {
  const modelId = useMetadataModel();
  const [place, setPlace] = useState<Place>({ from: 0, marked: undefined });
  const { path, items } = props;
  const asked =
    modelId === undefined || path === undefined
      ? null
      : { modelId, path: [...path], from: place.from, count: PAGE };
  const { data, error } = useQuery('models.metadataItems', asked, { keepPrevious: true });
  if (asked !== null && error) return <ErrorNote error={error} />;
  if (asked !== null && !data) return <Skeleton lines={4} />;
  const page = data ?? {
    total: items?.length ?? 0,
    from: place.from,
    items: items?.slice(place.from, place.from + PAGE) ?? [],
  };
  return <ListPage label={props.label} page={page} marked={place.marked} onPlace={setPlace} />;
}

interface Place {
  /** The first item of the page. */
  readonly from: number;
  /** The item that was gone to. */
  readonly marked: number | undefined;
}

interface PageProps {
  readonly label: string;
  readonly page: MetadataPage;
  readonly marked: number | undefined;
  readonly onPlace: (place: Place) => void;
}

function ListPage({ label, page, marked, onPlace }: PageProps) {
  const [query, setQuery] = useState('');
  const wanted = query.toLowerCase();
  const rows = page.items
    .map((item, at) => ({ index: page.from + at, text: itemText(item) }))
    .filter(({ text }) => text.toLowerCase().includes(wanted));
  return (
    <div className="ml">
      <Pager page={page} onPlace={onPlace} />
      <div className="ml-tools">
        <label className="ml-find">
          <Search size={13} aria-hidden="true" />
          <input
            type="search"
            placeholder="Find on this page"
            aria-label={`Find on this page of ${label.slice(0, 60)}`}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
          {query === '' ? null : <span className="num">{formatCount(rows.length)}</span>}
        </label>
        <GoTo total={page.total} onPlace={onPlace} />
      </div>
      <ol className="ml-rows" aria-label={`Items of ${label.slice(0, 60)}`} key={page.from}>
        {rows.map(({ index, text }) => (
          <Row key={index} index={index} text={text} marked={index === marked} />
        ))}
      </ol>
      {rows.length === 0 ? <p className="md-summary">Nothing on this page.</p> : null}
    </div>
  );
}

function Row({ index, text, marked }: { index: number; text: string; marked: boolean }) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (marked) row.current?.scrollIntoView({ block: 'nearest' });
  }, [marked]);
  return (
    <li ref={row} className={marked ? 'ml-marked' : ''} aria-current={marked ? 'true' : undefined}>
      <span className="ml-index">{formatCount(index)}</span>
      <bdi className="mono selectable" title={titleText(text)}>
        {visibleText(clipMiddle(text))}
      </bdi>
    </li>
  );
}

function Pager({ page, onPlace }: Pick<PageProps, 'page' | 'onPlace'>) {
  const { from, total } = page;
  const last = Math.min(from + PAGE, total) - 1;
  const turn = (start: number) => onPlace({ from: start, marked: undefined });
  return (
    <div className="ml-pager">
      <IconButton
        label="Previous page"
        icon={<ChevronLeft size={14} />}
        isDisabled={from === 0}
        onPress={() => turn(Math.max(0, from - PAGE))}
      />
      <IconButton
        label="Next page"
        icon={<ChevronRight size={14} />}
        isDisabled={last >= total - 1}
        onPress={() => turn(from + PAGE)}
      />
      <span className="ml-range" role="status">
        {total === 0 ? 'none' : `${formatCount(from)}–${formatCount(last)}`} of {formatCount(total)}
      </span>
    </div>
  );
}

function GoTo({ total, onPlace }: Pick<PageProps, 'onPlace'> & { readonly total: number }) {
  const goTo = (text: string) => {
    const index = Number(text.replace(/[\s,_]/g, ''));
    if (text.trim() === '' || !Number.isFinite(index)) return;
    const marked = Math.min(Math.max(0, Math.floor(index)), Math.max(0, total - 1));
    onPlace({ from: pageOf(marked, total, PAGE), marked });
  };
  return (
    <input
      className="ml-go"
      inputMode="numeric"
      placeholder="Go to…"
      aria-label="Go to the item number"
      onKeyDown={(event) => {
        if (event.key === 'Enter') goTo(event.currentTarget.value);
      }}
    />
  );
}

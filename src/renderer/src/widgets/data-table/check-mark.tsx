/** The picture of a check box; its meaning is said by aria-selected of the row. */
export function CheckMark({ state }: { state: 'none' | 'some' | 'all' }) {
  return (
    <span className="dt-check" data-state={state} aria-hidden="true">
      {state !== 'none' && (
        <svg width="11" height="11" viewBox="0 0 11 11" fill="none" aria-hidden="true">
          <path
            d={state === 'all' ? 'M2 5.8 4.4 8.2 9 3' : 'M2.5 5.5h6'}
            stroke="currentColor"
            strokeWidth="1.8"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </svg>
      )}
    </span>
  );
}

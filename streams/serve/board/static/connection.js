// Keeps the stream of updates open: begins again whenever it breaks, also when the server refused or fell silent.

const FIRST_WAIT = 1000, LONGEST_WAIT = 10_000;
const SILENCE = 45_000, ANSWER = 5000;

/** Follow the board's events for ever. `onUpdate` gets the content, `onState` "connected" or "reconnecting". */
export function follow(onUpdate, onState) {
  let source = null, wait = FIRST_WAIT, heard = Date.now();

  function open() {
    source = new EventSource("/api/board/events");
    source.addEventListener("update", (event) => {
      heard = Date.now();
      wait = FIRST_WAIT;
      onState("connected");
      onUpdate(JSON.parse(event.data));
    });
    source.addEventListener("error", again);
  }

  // The browser's own retries end for good at an answer that is no stream (503 while the server starts): ours do not.
  function again() {
    source.close();
    onState("reconnecting");
    setTimeout(open, wait);
    wait = Math.min(2 * wait, LONGEST_WAIT);
  }

  // A connection can be dead without an error (a gateway forgot it): after long silence we ask whether anybody is there.
  async function probe() {
    if (source.readyState !== EventSource.OPEN || Date.now() - heard < SILENCE) return;
    try {
      await fetch("/health", { signal: AbortSignal.timeout(ANSWER) });
      heard = Date.now();
    } catch {
      heard = Date.now();
      again();
    }
  }

  open();
  setInterval(probe, ANSWER);
}

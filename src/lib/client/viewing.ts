/** What a browser can tell of how its page is seen. Null where it cannot. */
export interface ViewingConditions {
  /** Device pixels per CSS pixel: the screen's scaling times the page's zoom. */
  dpr: number;
  /** The page's zoom, from the outer window's width against the inner; a hint, on desktops alone. */
  zoom: number | null;
  /** Pinch zoom: anything but 1 means that pictures are not 1:1 any more. */
  pinch: number;
  screenWidth: number;
  screenHeight: number;
  viewportWidth: number;
  viewportHeight: number;
  fullScreen: boolean;
  touch: boolean;
  dark: boolean;
}

export function viewingConditions(): ViewingConditions {
  const outer = window.outerWidth;
  return {
    dpr: window.devicePixelRatio,
    zoom: outer > 0 && window.innerWidth > 0 ? Math.round((100 * outer) / window.innerWidth) / 100 : null,
    pinch: window.visualViewport?.scale ?? 1,
    screenWidth: window.screen.width,
    screenHeight: window.screen.height,
    viewportWidth: window.innerWidth,
    viewportHeight: window.innerHeight,
    fullScreen: document.fullscreenElement !== null,
    touch: matchMedia('(pointer: coarse)').matches,
    dark: matchMedia('(prefers-color-scheme: dark)').matches
  };
}

/**
 * Calls back whenever the device pixel ratio changes: another zoom, or the window on another screen. A resolution query
 * matches one ratio alone, so it is made again after each change.
 */
export function watchPixelRatio(onChange: (ratio: number) => void): () => void {
  let query: MediaQueryList | null = null;
  const changed = () => {
    watch();
    onChange(window.devicePixelRatio);
  };
  function watch() {
    query?.removeEventListener('change', changed);
    query = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    query.addEventListener('change', changed);
  }
  watch();
  return () => query?.removeEventListener('change', changed);
}

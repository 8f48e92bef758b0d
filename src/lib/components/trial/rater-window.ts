/** The window that a rater had: its size in CSS pixels, and device pixels per CSS pixel. */
export interface RaterWindow {
  widthPx: number;
  heightPx: number;
  ratio: number;
}

const PROPERTIES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linecap',
  'font-family',
  'font-size',
  'font-weight',
  'opacity'
] as const;

/**
 * A chart as a file of its own: what the page's style sheet says of it is written into its elements, in the light
 * scheme, on white.
 */
export function standaloneSvg(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  // Beside the original, so that the same rules reach it; out of sight, and light whatever the page is.
  const stage = document.createElement('div');
  stage.style.setProperty('color-scheme', 'light');
  stage.style.setProperty('position', 'absolute');
  stage.style.setProperty('visibility', 'hidden');
  stage.append(copy);
  svg.parentElement?.append(stage);
  try {
    for (const element of [copy, ...copy.querySelectorAll('*')]) {
      const style = getComputedStyle(element);
      for (const property of PROPERTIES) {
        const value = style.getPropertyValue(property);
        if (value !== '' && element.tagName !== 'title' && element.tagName !== 'desc')
          element.setAttribute(property, value);
      }
      element.removeAttribute('class');
    }
    const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    ground.setAttribute('width', '100%');
    ground.setAttribute('height', '100%');
    ground.setAttribute('fill', '#ffffff');
    copy.querySelector('desc')?.after(ground);
    return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
  } finally {
    stage.remove();
  }
}

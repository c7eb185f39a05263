/** Whether the text of a page can be read. */
import type { ConsolePage } from './consolepage';

/** Texts whose contrast is below 4.5, by the rule of WCAG AA; what is disabled or unseen is left out. */
export function poorContrasts(shown: ConsolePage): Promise<string[]> {
  return shown.page.evaluate(`(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
    const rgba = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
    const light = (color) => { const [r, g, b] = rgba(color).map((part) => part / 255).map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const groundOf = (element) => {
      if (element.closest('a.node')) return getComputedStyle(element.closest('a.node').querySelector('.node-frame')).fill;
      for (let at = element; at; at = at.parentElement) { const color = getComputedStyle(at).backgroundColor; if (rgba(color)[3] > 0) return color; }
      return 'white';
    };
    const texts = [...document.querySelectorAll('body *')].filter((it) => [...it.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) && it.checkVisibility() && !it.closest('.unseen, :disabled, script, noscript, option'));
    return texts.flatMap((it) => {
      const style = getComputedStyle(it);
      const [a, b] = [light(it instanceof SVGElement ? style.fill : style.color), light(groundOf(it))].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      return ratio < 4.5 ? [it.tagName + ' ' + it.textContent.slice(0, 40) + ' ' + ratio.toFixed(2)] : [];
    });
  })()`);
}

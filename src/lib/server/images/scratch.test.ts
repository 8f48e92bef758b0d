import sharp from 'sharp';
import { it } from 'vitest';
import { probeImage } from './probe.ts';
import { decodePixels } from './decode.ts';
function noise(w:number,h:number,c:number){const d=new Uint8Array(w*h*c);let s=1;for(let i=0;i<d.length;i++){s=(s*1103515245+12345)>>>0;d[i]=(s>>>16)&255;}return d;}
it('x', async () => {
  const rgb = noise(40,30,3);
  const base = () => sharp(rgb,{raw:{width:40,height:30,channels:3}});
  const ani = await sharp([rgb,rgb].map(()=>({create:{width:40,height:30,channels:3 as const,background:{r:Math.floor(Math.random()*255),g:9,b:9}}})),{join:{animated:true}}).webp().toBuffer();
  const files: Record<string, Uint8Array> = {
    png: await base().png().toBuffer(),
    pngi: await base().png({progressive:true}).toBuffer(),
    pngp: await base().png({palette:true}).toBuffer(),
    pngg: await base().toColourspace('b-w').png().toBuffer(),
    png16: await base().toColourspace('rgb16').png().toBuffer(),
    jpg: await base().jpeg().toBuffer(),
    jpgp: await base().jpeg({progressive:true}).toBuffer(),
    jpgg: await base().toColourspace('b-w').jpeg().toBuffer(),
    jpgc: await base().toColourspace('cmyk').jpeg().toBuffer(),
    webp: await base().webp().toBuffer(),
    webpl: await base().webp({lossless:true}).toBuffer(),
    webpx: await base().keepExif().withExif({IFD0:{Copyright:'x'}}).webp().toBuffer(),
    webpa: await base().ensureAlpha(0.5).webp().toBuffer(), ani,
  };
  for (let [n,b] of Object.entries(files)) {
    b = new Uint8Array(b);
    const p = await probeImage(b); console.log(n,b.length,JSON.stringify(p));
    { const d = await decodePixels(b); console.log(n, d.ok? [d.channels,d.data.length]: d) }
    const reasons=new Map<string,number>();
    for (let i=0;i<b.length;i+=1){ const r=await probeImage(b.subarray(0,i)); if(r.ok) {console.log('accepted at',i,'of',b.length);} else reasons.set(r.reason,(reasons.get(r.reason)??0)+1);}
    // truncation repaired at the end
    if(n.startsWith('jpg')){ let ok=0,first=0; for(let i=2;i<b.length-2;i++){ const c=new Uint8Array(i+2); c.set(b.subarray(0,i)); c.set([255,0xd9],i); const r=await probeImage(c); if(r.ok){ok++; first||=i}} console.log(n,'cut+EOI accepted',ok,'first',first,'of',b.length)}
    if(n.startsWith('webp')){ let ok=0,first=0; for(let i=20;i<b.length-2;i+=2){ const c=b.slice(0,i); const v=new DataView(c.buffer); v.setUint32(4,i-8,true); if(n!=='webpx'&&n!=='webpa')v.setUint32(16,i-20,true); const r=await probeImage(c); if(r.ok){ok++; first||=i}} console.log(n,'cut+fixed accepted',ok,'first',first,'of',b.length)}
    // byte flips
    let flipsOk=0; const rs=new Set<string>(); for(let i=0;i<b.length;i+=3){const c=b.slice(); c[i]!^=0x10; const r=await probeImage(c); if(r.ok)flipsOk++; else rs.add(r.reason); const d=await decodePixels(c); if(d.ok && !(r.ok)) console.log('decode accepted what probe refused',n,i,r);} console.log(n,'flips accepted',flipsOk,'of',Math.ceil(b.length/3)); console.log([...rs]);
  }
},120000);

import { join } from 'node:path';

/** What nginx serves. */
export interface NginxServers {
  /** Where it may write. */
  readonly scratch: string;
  /** The folder of the bytes, and the port they are at. */
  readonly root: string;
  readonly filesPort: number;
  /** A hub that it stands before. */
  readonly hub?: { readonly port: number; readonly hubUrl: string; readonly cdnUrl: string };
}

/** The configuration: one worker, bytes by sendfile, nothing logged. */
export function nginxConfig({ scratch, root, filesPort, hub }: NginxServers): string {
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(scratch, name)};`)
    .join(' ');
  // Started by root it would serve as somebody else, who may not enter a temporary folder of root's.
  const user = process.getuid?.() === 0 ? 'user root; ' : '';
  return `${user}daemon off; pid ${join(scratch, 'nginx.pid')}; error_log ${join(scratch, 'error.log')}; worker_processes 1;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000; ${folders}
  default_type application/octet-stream;
  server { listen 127.0.0.1:${filesPort}; root ${root}; }
  ${hub === undefined ? '' : hubFront(hub, { scratch, filesPort })}
}
`;
}

/**
 * Keeps the hub's answers, so that the hub itself answers each question once; links to a next page lead back here. Its
 * redirects to the CDN are sent on to the bytes that nginx serves, under another host name: huggingface_hub takes a
 * redirect to the same host for one within the hub.
 */
function hubFront(
  { port, hubUrl, cdnUrl }: NonNullable<NginxServers['hub']>,
  { scratch, filesPort }: { readonly scratch: string; readonly filesPort: number },
): string {
  return `proxy_cache_path ${join(scratch, 'cache')} keys_zone=hub:16m max_size=1g inactive=1d use_temp_path=off;
  map $upstream_http_link $next_page { default ""; "~^<http://[^/]+(?<rest>.*)$" "<http://127.0.0.1:${port}$rest"; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${hubUrl};
      proxy_http_version 1.1; proxy_set_header Host 127.0.0.1; proxy_set_header Connection "";
      proxy_redirect ${cdnUrl}/ http://localhost:${filesPort}/;
      proxy_hide_header Link; add_header Link $next_page;
      proxy_cache hub; proxy_cache_key $request_method$request_uri$http_range; proxy_cache_convert_head off;
      proxy_cache_valid 200 206 302 307 1d; proxy_ignore_headers Cache-Control Expires;
    }
  }`;
}

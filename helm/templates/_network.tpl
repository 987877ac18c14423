{{/* Pods of components of this release: (dict "root" $ "names" "[work, signer]"). */}}
{{- define "cluster.peers" -}}
- podSelector:
    matchLabels:
      {{- include "cluster.releaseLabels" .root | nindent 6 }}
    matchExpressions:
      - { key: app.kubernetes.io/component, operator: In, values: {{ .names }} }
{{- end -}}

{{- define "cluster.tcp" -}}
ports:
{{- range . }}
  - { protocol: TCP, port: {{ . }} }
{{- end }}
{{- end -}}

{{/* A rule to a named place outside: (.port, .to). */}}
{{- define "cluster.egressTo" -}}
- {{ include "cluster.tcp" (list .port) | nindent 2 | trim }}
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* What every process needs: names and the database. */}}
{{- define "cluster.commonEgress" -}}
- ports:
    - { protocol: UDP, port: 53 }
    - { protocol: TCP, port: 53 }
  {{- with .Values.networkPolicy.dns.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{ include "cluster.egressTo" .Values.networkPolicy.postgresql }}
{{- end -}}

{{- define "cluster.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "cluster.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Silos are asked over HTTP, gateways over HTTPS: their certificate covers this port too. */}}
{{- define "cluster.probe" -}}
httpGet:
  path: {{ .path }}
  port: http
  scheme: {{ eq .component.name "gateway" | ternary "HTTPS" "HTTP" }}
{{- end -}}

{{- define "cluster.probes" -}}
# A start waits for the schema, for a Solana node and for the other silos.
startupProbe:
  {{- include "cluster.probe" (dict "path" "/health/live" "component" .component) | nindent 2 }}
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 210
livenessProbe:
  {{- include "cluster.probe" (dict "path" "/health/live" "component" .component) | nindent 2 }}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  {{- include "cluster.probe" (dict "path" "/health/ready" "component" .component) | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 4
  failureThreshold: 2
{{- end -}}

{{- define "cluster.ports" -}}
{{- if eq .component.name "gateway" }}
- name: grpc
  containerPort: {{ .root.Values.gateway.grpcPort }}
- name: http
  containerPort: {{ .root.Values.gateway.httpPort }}
{{- else }}
- name: silo
  containerPort: {{ .root.Values.orleans.siloPort }}
- name: orleans-gateway
  containerPort: {{ .root.Values.orleans.gatewayPort }}
- name: http
  containerPort: {{ .root.Values.orleans.httpPort }}
{{- end }}
{{- end -}}

{{/* Pods of a component keep apart, by machine and by zone, as far as there are several. */}}
{{- define "cluster.spread" -}}
{{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- topologyKey: {{ $key }}
  maxSkew: 1
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "cluster.selectorLabels" (dict "root" $.root "name" $.component.name) | nindent 6 }}
  matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end -}}

{{- define "cluster.container" -}}
{{- $values := index .root.Values .component.name -}}
name: {{ .component.name }}
image: {{ include "cluster.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
command: {{ toJson .root.Values.image.command }}
args: [{{ .component.command }}]
env:
  {{- include "cluster.environment" . | nindent 2 }}
ports:
  {{- include "cluster.ports" . | trim | nindent 2 }}
{{ include "cluster.probes" . }}
{{- if eq .component.name "gateway" }}
lifecycle:
  preStop:
    sleep:
      seconds: {{ $values.drainSeconds }}
{{- end }}
resources:
  {{- toYaml $values.resources | nindent 2 }}
securityContext:
  {{- include "cluster.containerSecurity" . | nindent 2 }}
volumeMounts:
  - name: temporary
    mountPath: /tmp
  {{- if eq .component.name "gateway" }}
  - name: state
    mountPath: /var/lib/cluster
  - name: tls
    mountPath: /etc/cluster/tls
    readOnly: true
  {{- end }}
  {{- if .root.Values.orleans.tls.existingSecret.name }}
  - name: orleans-tls
    mountPath: /etc/cluster/orleans-tls
    readOnly: true
  {{- end }}
{{- end -}}

{{- define "cluster.pod" -}}
{{- $values := index .root.Values .component.name -}}
serviceAccountName: {{ include "cluster.fullname" .root }}-{{ .component.name }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
securityContext:
  {{- include "cluster.podSecurity" . | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
containers:
  - {{ include "cluster.container" . | nindent 4 | trim }}
volumes:
  - name: temporary
    emptyDir: { sizeLimit: 256Mi }
  {{- if eq .component.name "gateway" }}
  # Holds the administrator's key of a new cluster until the operator has taken it; never on a disk.
  - name: state
    emptyDir: { medium: Memory, sizeLimit: 1Mi }
  - name: tls
    secret:
      secretName: {{ $values.tls.existingSecret.name }}
      defaultMode: 288 # 0440: for the process alone, which is of the group
  {{- end }}
  {{- with .root.Values.orleans.tls.existingSecret.name }}
  - name: orleans-tls
    secret:
      secretName: {{ . }}
      defaultMode: 288
  {{- end }}
topologySpreadConstraints:
  {{- include "cluster.spread" . | trim | nindent 2 }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

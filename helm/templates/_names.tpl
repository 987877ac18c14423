{{- define "cluster.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 45 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 45 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 45 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Of every pod of the release. */}}
{{- define "cluster.releaseLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Of the pods of one component: (dict "root" $ "name" "work"). */}}
{{- define "cluster.selectorLabels" -}}
{{ include "cluster.releaseLabels" .root }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{/* Of the pods of one component, with what changes from version to version. */}}
{{- define "cluster.podLabels" -}}
{{ include "cluster.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Values.image.tag | default (.root.Values.image.digest | default "" | replace ":" "-") | trunc 63 | trimAll "-_." | quote }}
{{- end -}}

{{/* Of every object of a component. */}}
{{- define "cluster.labels" -}}
{{ include "cluster.podLabels" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "cluster.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag }}
{{- end -}}
{{- end -}}

{{/*
The kinds of pods, each with what it may know: roles of silos, the keys (signers alone), the chain (who sends or
estimates). Read with fromYamlArray.
*/}}
{{- define "cluster.components" -}}
- name: work
  command: silo
  roles: {{ .Values.signer.enabled | ternary "work" "work,signer" }}
  keys: {{ not .Values.signer.enabled }}
  solana: true
{{- if .Values.signer.enabled }}
- name: signer
  command: silo
  roles: signer
  keys: true
  solana: false
{{- end }}
- name: gateway
  command: gateway
  roles: ""
  keys: false
  solana: true
{{- end -}}

{{/* The silos among them, as a label selector's values. */}}
{{- define "cluster.silos" -}}
{{ .Values.signer.enabled | ternary "[work, signer]" "[work]" }}
{{- end -}}

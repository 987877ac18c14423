{{/* A variable from a secret: (dict "name" … "secret" existingSecret). */}}
{{- define "cluster.secretVariable" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret.name }}
      key: {{ .secret.key }}
{{- end -}}

{{/* What every process is told. */}}
{{- define "cluster.commonEnvironment" -}}
{{ include "cluster.secretVariable" (dict "name" "ConnectionStrings__Cluster" "secret" .Values.database.existingSecret) }}
- name: Logging__LogLevel__Default
  value: {{ .Values.logging.level }}
# No debugger and no dump of a process that holds keys or passwords.
- name: DOTNET_EnableDiagnostics
  value: "0"
{{- end -}}

{{/* What opens wallets' keys, for signers alone. */}}
{{- define "cluster.keysEnvironment" -}}
- name: Cluster__Keys__Provider
  value: {{ .provider }}
{{- if eq .provider "azure-key-vault" }}
- name: Cluster__Keys__AzureKeyVault__KeyUrl
  value: {{ .keyVault.keyUrl }}
{{- with .keyVault.formerKeyUrls }}
- name: Cluster__Keys__AzureKeyVault__FormerKeyUrls
  value: {{ join "," . }}
{{- end }}
{{- end }}
{{- if .existingSecret.name }}
{{ include "cluster.secretVariable" (dict "name" "WALLET_ENCRYPTION_KEY" "secret" .existingSecret) }}
{{- end }}
{{- with .formerSecret }}
{{ include "cluster.secretVariable" (dict "name" "WALLET_ENCRYPTION_KEY_FORMER" "secret" .) }}
{{- end }}
{{- with .passwordSecret }}
{{ include "cluster.secretVariable" (dict "name" "MASTER_PASSWORD" "secret" (dict "name" .name "key" .passwordKey)) }}
{{ include "cluster.secretVariable" (dict "name" "ENCRYPTION_SALT" "secret" (dict "name" .name "key" .saltKey)) }}
{{- end }}
{{- end -}}

{{/* The Solana nodes, for who sends or estimates. */}}
{{- define "cluster.solanaEnvironment" -}}
- name: Cluster__Solana__Network
  value: {{ .network }}
{{- range $i, $endpoint := .endpoints }}
{{ include "cluster.secretVariable" (dict "name" (printf "Cluster__Solana__Endpoints__%d__Url" $i) "secret" $endpoint.existingSecret) }}
{{- range $option := list "RequestsPerSecond" "SendsPerSecond" "SendBatchSize" "MaxConnections" }}
{{- with index $endpoint (untitle $option) }}
- name: Cluster__Solana__Endpoints__{{ $i }}__{{ $option }}
  value: {{ toString . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Silos and gateways: where they are and how they find each other. */}}
{{- define "cluster.orleansEnvironment" -}}
{{- $orleans := .root.Values.orleans -}}
{{- $fullname := include "cluster.fullname" .root -}}
- name: Cluster__Orleans__ClusterId
  value: {{ $orleans.clusterId | default $fullname | quote }}
- name: Cluster__Orleans__ServiceId
  value: {{ $orleans.serviceId | default $fullname | quote }}
{{- with $orleans.tls.existingSecret.name }}
{{- range $option, $key := dict "CertificateFile" "certificateKey" "KeyFile" "privateKeyKey" "AuthoritiesFile" "authoritiesKey" }}
- name: Cluster__Orleans__Tls__{{ $option }}
  value: /etc/cluster/orleans-tls/{{ index $orleans.tls.existingSecret $key }}
{{- end }}
- name: Cluster__Orleans__Tls__Name
  value: {{ $orleans.tls.name | quote }}
{{- end }}
{{- with .component.roles }}
{{- if not $orleans.tls.existingSecret.name }}
# The network policies keep strangers away, or what the values vouch for.
- name: Cluster__Orleans__AllowPlaintext
  value: "true"
{{- end }}
- name: POD_IP
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
- name: Cluster__Orleans__Roles
  value: {{ . }}
- name: Cluster__Orleans__Address
  value: $(POD_IP)
- name: Cluster__Orleans__SiloPort
  value: {{ $orleans.siloPort | quote }}
- name: Cluster__Orleans__GatewayPort
  value: {{ $orleans.gatewayPort | quote }}
# Health and metrics, at the same address and without a key.
- name: Cluster__Http__Port
  value: {{ $orleans.httpPort | quote }}
{{- end }}
{{- end -}}

{{/* Where a gateway listens. Beyond loopback it does so with TLS only. */}}
{{- define "cluster.gatewayEnvironment" -}}
{{- range $endpoint, $port := dict "Grpc" .grpcPort "Http" .httpPort }}
- name: Cluster__{{ $endpoint }}__Address
  value: {{ $.listenAddress | quote }}
- name: Cluster__{{ $endpoint }}__Port
  value: {{ $port | quote }}
{{- end }}
- name: Cluster__Tls__CertificateFile
  value: /etc/cluster/tls/{{ .tls.existingSecret.certificateKey }}
- name: Cluster__Tls__KeyFile
  value: /etc/cluster/tls/{{ .tls.existingSecret.privateKeyKey }}
- name: Cluster__Tls__ClientCertificates
  value: {{ .tls.clientCertificates }}
{{- with .tls.existingSecret.clientAuthoritiesKey }}
- name: Cluster__Tls__ClientAuthoritiesFile
  value: /etc/cluster/tls/{{ . }}
{{- end }}
- name: Cluster__StateDirectory
  value: /var/lib/cluster
{{- end -}}

{{/* Options by name; a component's own win. */}}
{{- define "cluster.optionsEnvironment" -}}
{{- range $name, $value := mergeOverwrite (deepCopy .root.Values.options) .values.options }}
- name: {{ $name }}
  value: {{ toString $value | quote }}
{{- end }}
{{- end -}}

{{- define "cluster.environment" -}}
{{- $values := index .root.Values .component.name -}}
{{ include "cluster.commonEnvironment" .root }}
{{ include "cluster.orleansEnvironment" . }}
- name: Cluster__Storage__MaxPoolSize
  value: {{ $values.databaseConnections | quote }}
{{ include "cluster.secretVariable" (dict "name" "AUDIT_HMAC_KEY" "secret" .root.Values.audit.existingSecret) }}
{{- with .root.Values.audit.formerSecret }}
{{ include "cluster.secretVariable" (dict "name" "AUDIT_HMAC_FORMER_KEYS" "secret" .) }}
{{- end }}
{{- if .component.solana }}
{{ include "cluster.secretVariable" (dict "name" "SECOND_FACTOR_KEY" "secret" .root.Values.secondFactors.existingSecret) }}
{{- end }}
{{- if .component.keys }}
{{ include "cluster.keysEnvironment" .root.Values.keys }}
{{- end }}
{{- if .component.solana }}
{{ include "cluster.solanaEnvironment" .root.Values.solana }}
{{- end }}
{{- if eq .component.name "gateway" }}
{{- include "cluster.gatewayEnvironment" $values | nindent 0 }}
{{- end }}
{{- include "cluster.optionsEnvironment" (dict "root" .root "values" $values) }}
{{- end -}}

using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Cluster.Silo.Keys;
using Cluster.Silo.Grains.Access.SecondFactors;
using Cluster.Silo.Storage.Audit;
using Xunit;

namespace Cluster.Tests.Helm;

/// <summary>Who is given which secret, and that none passes through the chart.</summary>
public sealed class SecretTests
{
    public static TheoryData<string> Examples => Chart.Examples;

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task The_pods_that_sign_alone_hold_the_key_encryption_key(string example)
    {
        var chart = await Chart.RenderAsync(example);

        var signing = Assert.Single(chart.Serving, pod => Roles(pod).Contains("signer"));
        Assert.Equal(
            signing.Environment["Cluster__Keys__Provider"] == KeyOptions.LocalProvider ? "cluster-keys/wallet-encryption-key" : null,
            signing.Secrets.GetValueOrDefault(KeyOptions.LocalKeySetting));
        Assert.All(chart.Pods.Where(pod => pod.Name != signing.Name), pod =>
        {
            Assert.DoesNotContain("cluster-keys", pod.Workload.ToJsonString(), StringComparison.Ordinal);
            Assert.DoesNotContain(pod.Environment.Keys, name => name == KeyOptions.LocalKeySetting || name.StartsWith("Cluster__Keys__", StringComparison.Ordinal));
        });
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task The_pods_that_sign_alone_have_the_identity_of_the_key_vault(string example)
    {
        var chart = await Chart.RenderAsync(example, "keys.workloadIdentity.enabled=true", "keys.workloadIdentity.clientId=6f1c3b52-8d2e-4f0a-9c47-1b2a3c4d5e6f");

        var signing = Assert.Single(chart.Serving, pod => Roles(pod).Contains("signer"));
        Assert.Equal("true", signing.Labels["azure.workload.identity/use"]);
        Assert.All(chart.Pods.Where(pod => pod.Name != signing.Name), pod => Assert.DoesNotContain("azure.workload.identity/use", pod.Labels.Keys));
        var account = Assert.Single(chart.OfKind("ServiceAccount"), item => item["metadata"]!["annotations"].Texts().ContainsKey("azure.workload.identity/client-id"));
        Assert.Equal(signing.Spec.Text("serviceAccountName"), account.Text("metadata", "name"));
        Assert.Single(chart.Serving, pod => pod.Spec.Text("serviceAccountName") == account.Text("metadata", "name"));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Every_pod_that_serves_is_given_the_key_of_the_audit_log(string example)
    {
        var chart = await Chart.RenderAsync(example, "audit.formerSecret.name=cluster-audit", "audit.formerSecret.key=former");

        Assert.All(chart.Serving, pod => Assert.Equal("cluster-audit/audit-hmac-key", pod.Secrets[AuditKeyRing.KeySetting]));
        Assert.All(chart.Serving, pod => Assert.Equal("cluster-audit/former", pod.Secrets[AuditKeyRing.FormerKeysSetting]));
        Assert.All(chart.Pods.Except(chart.Serving), pod => Assert.DoesNotContain(AuditKeyRing.KeySetting, pod.Environment.Keys));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Gateways_and_work_silos_alone_are_given_the_key_of_second_factors(string example)
    {
        var chart = await Chart.RenderAsync(example);

        var given = chart.Pods.Where(pod => pod.Secrets.ContainsKey(SecondFactorKey.Setting)).ToList();
        Assert.Equal(["gateway", "work"], given.Select(pod => pod.Component).Order());
        Assert.All(given, pod => Assert.Equal("cluster-second-factors/second-factor-key", pod.Secrets[SecondFactorKey.Setting]));
    }

    [Fact]
    public async Task With_the_vault_signers_have_its_key_s_address_and_no_secret()
    {
        var signer = (await Chart.RenderAsync("production")).Component("signer");

        Assert.Equal("https://acme.vault.azure.net/keys/wallets", signer.Environment["Cluster__Keys__AzureKeyVault__KeyUrl"]);
        Assert.Equal("https://acme-2025.vault.azure.net/keys/wallets", signer.Environment["Cluster__Keys__AzureKeyVault__FormerKeyUrls"]);
        Assert.Equal(["AUDIT_HMAC_KEY", "ConnectionStrings__Cluster"], signer.Secrets.Keys.Order());
    }

    [Fact]
    public async Task Former_keys_go_where_the_present_one_goes()
    {
        var chart = await Chart.RenderAsync(
            "minimal", "keys.formerSecret.name=cluster-keys", "keys.formerSecret.key=former", "keys.passwordSecret.name=cluster-keys", "keys.passwordSecret.passwordKey=password", "keys.passwordSecret.saltKey=salt");

        var names = new[] { KeyOptions.FormerKeysSetting, KeyOptions.PasswordSetting, KeyOptions.SaltSetting };
        Assert.Equal(["cluster-keys/former", "cluster-keys/password", "cluster-keys/salt"], names.Select(name => chart.Component("signer").Secrets[name]));
        Assert.All(chart.Pods.Where(pod => pod.Component != "signer"), pod => Assert.Empty(names.Intersect(pod.Environment.Keys)));
        Assert.Empty(chart.Problems);
    }

    [Fact]
    public void The_schema_takes_the_key_providers_that_processes_know()
    {
        var known = typeof(KeyOptions).GetProperty(nameof(KeyOptions.Provider))!.GetCustomAttribute<AllowedValuesAttribute>()!.Values;

        Assert.Equal(known, Chart.Schema.At("properties", "keys", "properties", "provider", "enum").Items().Select(value => value.ToString()));
    }

    [Fact]
    public async Task Signers_are_silos_of_their_own_unless_the_values_say_otherwise()
    {
        var apart = await Chart.RenderAsync("minimal");
        var together = await Chart.RenderAsync("shared-silos");

        Assert.Equal(["work"], Roles(apart.Component("work")));
        Assert.Equal(["signer"], Roles(apart.Component("signer")));
        Assert.Equal(["work", "signer"], Roles(together.Component("work")));
        Assert.DoesNotContain(together.Pods, pod => pod.Component == "signer");
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task No_secret_is_made_and_none_is_written_out(string example)
    {
        var chart = await Chart.RenderAsync(example);

        Assert.Empty(chart.OfKind("Secret").Concat(chart.OfKind("ConfigMap")));
        Assert.All(chart.Pods, pod => Assert.All(
            pod.Environment.Where(variable => IsSecret(variable.Key)),
            variable =>
            {
                Assert.Null(variable.Value);
                Assert.Contains(variable.Key, pod.Secrets.Keys);
            }));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Every_pod_is_given_the_database_and_only_those_the_chain_who_use_it(string example)
    {
        var chart = await Chart.RenderAsync(example);

        Assert.All(chart.Pods, pod => Assert.Contains("ConnectionStrings__Cluster", pod.Secrets.Keys));
        Assert.All(chart.Pods, pod => Assert.Equal(
            pod.Component is "work" or "gateway",
            pod.Environment.Keys.Any(name => name.StartsWith("Cluster__Solana__Endpoints__", StringComparison.Ordinal))));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Gateways_alone_have_the_certificate(string example)
    {
        var chart = await Chart.RenderAsync(example);

        var gateway = chart.Component("gateway");
        var volume = Assert.Single(gateway.Spec["volumes"].Items(), item => item.Text("name") == "tls");
        var mount = Assert.Single(gateway.Container["volumeMounts"].Items(), item => item.Text("name") == volume.Text("name"));
        Assert.True(mount["readOnly"]!.GetValue<bool>());
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.GroupRead,
            (UnixFileMode)volume.Number("secret", "defaultMode"));
        Assert.StartsWith(mount.Text("mountPath"), gateway.Environment["Cluster__Tls__CertificateFile"], StringComparison.Ordinal);
        Assert.StartsWith(mount.Text("mountPath"), gateway.Environment["Cluster__Tls__KeyFile"], StringComparison.Ordinal);
        Assert.Equal(
            example == "production" ? $"{mount.Text("mountPath")}/ca.crt" : null,
            gateway.Environment.GetValueOrDefault("Cluster__Tls__ClientAuthoritiesFile"));
        Assert.All(chart.Pods.Where(pod => pod.Name != gateway.Name), pod =>
            Assert.DoesNotContain(pod.Spec["volumes"].Items(), item => item.Text("name") == "tls"));
    }

    [Fact]
    public async Task Silos_and_gateways_share_a_certificate_for_each_other_where_one_is_named()
    {
        var chart = await Chart.RenderAsync("own-network");

        Assert.Empty(chart.Problems);
        Assert.All(chart.Serving, pod =>
        {
            var volume = Assert.Single(pod.Spec["volumes"].Items(), item => item.Text("name") == "orleans-tls");
            Assert.Equal("cluster-orleans-tls", volume.Text("secret", "secretName"));
            Assert.Equal("/etc/cluster/orleans-tls/tls.crt", pod.Environment["Cluster__Orleans__Tls__CertificateFile"]);
            Assert.Equal("/etc/cluster/orleans-tls/tls.key", pod.Environment["Cluster__Orleans__Tls__KeyFile"]);
            Assert.Equal("/etc/cluster/orleans-tls/ca.crt", pod.Environment["Cluster__Orleans__Tls__AuthoritiesFile"]);
            Assert.Equal("silos.payments.internal", pod.Environment["Cluster__Orleans__Tls__Name"]);
            Assert.DoesNotContain("Cluster__Orleans__AllowPlaintext", pod.Environment.Keys);
        });
    }

    [Fact]
    public async Task Silos_speak_without_TLS_only_behind_network_policies_or_where_the_values_vouch_for_something_else()
    {
        var policies = await Chart.RenderAsync("minimal");
        var mesh = await Chart.RenderAsync("minimal", "networkPolicy.enabled=false", "orleans.allowPlaintext=true");
        var nothing = await Chart.TryRenderAsync("minimal", "networkPolicy.enabled=false");

        Assert.Equal("true", policies.Component("work").Environment["Cluster__Orleans__AllowPlaintext"]);
        Assert.Equal("true", mesh.Component("signer").Environment["Cluster__Orleans__AllowPlaintext"]);
        Assert.DoesNotContain("Cluster__Orleans__AllowPlaintext", policies.Component("gateway").Environment.Keys);
        Assert.Contains("at '/orleans/allowPlaintext': value must be true", nothing.Errors, StringComparison.Ordinal);
    }

    private static string[] Roles(PodTemplate pod) =>
        pod.Environment.GetValueOrDefault("Cluster__Orleans__Roles")?.Split(',') ?? [];

    private static bool IsSecret(string variable) =>
        variable == KeyOptions.LocalKeySetting
        || variable.StartsWith("ConnectionStrings__", StringComparison.Ordinal)
        || variable.EndsWith("__Url", StringComparison.Ordinal)
        || variable.Contains("Password", StringComparison.OrdinalIgnoreCase);
}

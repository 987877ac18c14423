using Cluster.Silo.Grains.Keyrings;
using Cluster.Silo.Grains.Signers;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cluster.Tests.Silo.Keyrings;

/// <summary>Signers and the keyring of one process over a test's database.</summary>
internal sealed class KeyringSilo : IAsyncDisposable
{
    public const string First = "b3f5a1c2d4e6978812345678deadbeefcafebabe00112233445566778899aabb";
    public const string Second = "c4f5a1c2d4e6978812345678deadbeefcafebabe00112233445566778899aabb";

    private readonly IHost _host;

    private KeyringSilo(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public static async Task<KeyringSilo> Start(
        TestDatabase database, Action<IServiceCollection>? configure = null, params (string Key, string? Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Cluster"] = database.ConnectionString,
            ["AUDIT_HMAC_KEY"] = TestAuditKeys.Text,
            [KeyOptions.LocalKeySetting] = First,
            ["Cluster:Reminders:PollPeriod"] = "00:00:00.100",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)));
        configure?.Invoke(builder.Services);
        builder.Services
            .AddStorage(builder.Configuration)
            .AddKeys(builder.Configuration)
            .AddSigners()
            .AddKeyrings()
            .AddKeyQueries()
            .AddContract(SignersReflection.Descriptor, KeysReflection.Descriptor)
            .AddEmbeddedHost();
        var host = builder.Build();
        await host.StartAsync();
        return new KeyringSilo(host);
    }

    public Task<TReply> Call<TReply>(IMessage request)
        where TReply : class, IMessage =>
        Services.GetRequiredService<IGrains>().Call<TReply>(request, new Call(new Caller("key-1", "Ada"), $"call:{Guid.NewGuid()}"));

    public async Task<TReply> Query<TReply>(IMessage request)
        where TReply : class, IMessage
    {
        var operations = Services.GetRequiredService<IOperations>();
        var method = operations.Methods.Single(method => method.InputType == request.Descriptor);
        return (TReply)await operations.Unary(method, request, new Call(new Caller("key-1", "Ada"), "query"));
    }

    public Task<KeyRotation> Rotate(bool newVersion = true, bool disableOld = false) => Call<KeyRotation>(
        new RotateKeysRequest { RequestId = Guid.NewGuid().ToString(), Keyring = "wallets", NewVersion = newVersion, DisableOld = disableOld });

    public Task<KeyStatus> Status() => Query<KeyStatus>(new GetKeyStatusRequest());

    /// <summary>Waits until the rotation is so far.</summary>
    public async Task<KeyStatus> Await(Func<KeyStatus, bool> isThere)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (true)
        {
            var status = await Status();
            if (isThere(status))
            {
                return status;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }
    }

    public Task<KeyStatus> AwaitEnd() => Await(status => status.Rotation is { State: RotationState.Rotated });

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

using Cluster.Silo.Keys.Local;
using Cluster.Silo.Storage.Audit;

namespace Cluster.Tests.Support;

/// <summary>The key under which every test's audit log is sealed, so that processes with folders of their own can share a database.</summary>
internal static class TestAuditKeys
{
    /// <summary>As <see cref="AuditKeyRing.KeySetting"/> holds it; any 32 bytes.</summary>
    public const string Text = "c0ffee0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d";

    /// <summary>The key alone.</summary>
    public static AuditKeyRing Ring() => new(new AuditKey(KeyEncryptionKeyText.Parse(Text, "test")));
}

using Cluster.Grpc.Reflection.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Grpc.Reflection;

/// <summary>
/// The descriptor of <c>grpc.reflection.v1alpha</c>, which older clients ask: v1 under another package's name, and made
/// from it, so that there is one definition.
/// </summary>
internal static class ReflectionV1Alpha
{
    private const string Package = "grpc.reflection.v1alpha";

    public static FileDescriptor Descriptor { get; } = Rename(ReflectionReflection.Descriptor);

    private static FileDescriptor Rename(FileDescriptor v1)
    {
        var file = v1.ToProto();
        file.Name = $"{Package.Replace('.', '/')}/reflection.proto";
        file.Package = Package;
        foreach (var field in file.MessageType.SelectMany(message => message.Field).Where(field => field.HasTypeName))
        {
            field.TypeName = Renamed(field.TypeName);
        }

        foreach (var method in file.Service.SelectMany(service => service.Method))
        {
            (method.InputType, method.OutputType) = (Renamed(method.InputType), Renamed(method.OutputType));
        }

        return FileDescriptor.BuildFromByteStrings([file.ToByteString()])[0];

        string Renamed(string type) => $".{Package}{type[(v1.Package.Length + 1)..]}";
    }
}
